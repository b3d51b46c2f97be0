import * as pulumi from '@pulumi/pulumi';
import type { AwsPlatform } from '../../charts/tasks/aws-msk.ts';
import { OPERATORS } from '../operators.ts';
import type { Deployer } from './deployer.ts';
import { KafkaIdentities, PodIdentity, secretReaderStatements } from './identities.ts';
import type { Infrastructure } from './infrastructure.ts';
import { longestClusterArn } from './kafka-statements.ts';
import { NODE_AUTOSCALER, nodeAutoscalerStatements } from './node-autoscaler.ts';
import type { PlatformSecrets } from './secrets.ts';

/** What {@link podIdentities} needs. */
export interface PodIdentitiesArgs {
  /** Names start with it. */
  readonly name: string;
  readonly region: string;
  readonly namespace: string;
  readonly aws: AwsPlatform;
  readonly below: Pick<Infrastructure, 'cluster' | 'kafka' | 'keys'>;
  readonly secrets: PlatformSecrets;
  readonly identity: Deployer;
}

/** What pods of the platform and of operators may do in AWS. */
export function podIdentities(
  { name, region, namespace, aws, below, secrets, identity }: PodIdentitiesArgs,
  inAws: pulumi.ComponentResourceOptions,
): pulumi.Resource[] {
  const { cluster, kafka, keys } = below;
  const { keda, externalSecrets, nodes } = OPERATORS;
  const { exporterName } = aws.broker;
  return [
    new KafkaIdentities(
      `${name}-kafka`,
      {
        cluster,
        kafkaArn: kafka.clusterArn,
        longestKafkaArn: longestClusterArn(`${name}-kafka`, region),
        namespace,
        apps: aws.broker.grants.map(({ client, publishes, receives, group }) => ({
          app: client,
          publish: publishes,
          subscribe: receives.map((topic) => ({ topic, group })),
        })),
        watchers: {
          keda: { namespace: keda.namespace, name: 'keda-operator' },
          ...(exporterName !== undefined && { exporter: { namespace, name: exporterName } }),
        },
      },
      inAws,
    ),
    new PodIdentity(
      `${name}-external-secrets`,
      {
        cluster,
        serviceAccount: { namespace: externalSecrets.namespace, name: 'external-secrets' },
        description: 'Reads the secrets of the platform',
        statements: pulumi
          .all([secrets.arns, keys.secrets])
          .apply(([arns, key]) => secretReaderStatements(arns, key, region)),
        longestStatements: secretReaderStatements(
          secrets.longestArns(region),
          `arn:aws:kms:${region}:${identity.accountId}:key/${'0'.repeat(36)}`,
          region,
        ),
      },
      inAws,
    ),
    new PodIdentity(
      `${name}-node-autoscaler`,
      {
        cluster,
        serviceAccount: { namespace: nodes.namespace, name: NODE_AUTOSCALER },
        description: 'Adds nodes for pods that wait for one, and takes idle nodes away',
        statements: pulumi
          .all([cluster.name, identity.accountId])
          .apply(([clusterName, accountId]) =>
            nodeAutoscalerStatements({ clusterName, region, accountId }),
          ),
      },
      inAws,
    ),
  ];
}
