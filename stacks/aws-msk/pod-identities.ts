import * as pulumi from '@pulumi/pulumi';
import { OPERATORS } from '../operators.ts';
import type { Deployer } from './deployer.ts';
import { PodIdentity, secretReaderStatements } from './identities.ts';
import type { Infrastructure } from './infrastructure.ts';
import { NODE_AUTOSCALER, nodeAutoscalerStatements } from './node-autoscaler.ts';
import type { PlatformSecrets } from './secrets.ts';

/** What {@link podIdentities} needs. */
export interface PodIdentitiesArgs {
  /** Names start with it. */
  readonly name: string;
  readonly region: string;
  readonly below: Pick<Infrastructure, 'cluster' | 'keys'>;
  /** Secrets of each system. */
  readonly secrets: readonly PlatformSecrets[];
  readonly identity: Deployer;
}

/** What pods of operators may do in AWS. */
export function podIdentities(
  { name, region, below, secrets, identity }: PodIdentitiesArgs,
  inAws: pulumi.ComponentResourceOptions,
): pulumi.Resource[] {
  const { cluster, keys } = below;
  const { externalSecrets, nodes } = OPERATORS;
  return [
    new PodIdentity(
      `${name}-external-secrets`,
      {
        cluster,
        serviceAccount: { namespace: externalSecrets.namespace, name: 'external-secrets' },
        description: 'Reads the secrets of the platform',
        statements: pulumi
          .all([pulumi.all(secrets.map(({ arns }) => arns)), keys.secrets])
          .apply(([arns, key]) => secretReaderStatements(arns.flat(), key, region)),
        longestStatements: secretReaderStatements(
          secrets.flatMap((ofSystem) => ofSystem.longestArns(region)),
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
