import { join } from 'node:path';
import { Provider } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import { AWS_PLACEHOLDERS, awsPlatform } from '../../charts/tasks/aws-msk.ts';
import { TASK_PLATFORM_IMAGES } from '../../charts/tasks/task-platform.ts';
import { renderObjects } from '../../constructs/index.ts';
import { clusterProvider } from '../kubernetes/cluster-provider.ts';
import { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { PlaceholderValues } from '../kubernetes/placeholders.ts';
import { PlatformObjects, type SecretFactory } from '../kubernetes/platform-objects.ts';
import type { StackOutputs } from '../stack-outputs.ts';
import { OPERATORS, Operators, operatorsOf } from '../operators.ts';
import { awsConfig } from './config.ts';
import { databaseAuthority } from './database-authority.ts';
import { deployer } from './deployer.ts';
import { KafkaIdentities, PodIdentity, secretReaderStatements } from './identities.ts';
import { Images } from './images.ts';
import { infrastructure } from './infrastructure.ts';
import { longestClusterArn } from './kafka-statements.ts';
import { updateKubeconfig } from './kubeconfig.ts';
import {
  NODE_AUTOSCALER,
  nodeAutoscalerStatements,
  nodeAutoscalerValues,
} from './node-autoscaler.ts';
import { ownTags } from './provider-settings.ts';
import { externalSecret, PlatformSecrets, secretStore } from './secrets.ts';
import { AWS_SIZES } from './sizes.ts';
import { ENCRYPTED_VOLUMES } from './storage-class.ts';
import { availabilityZones } from './zones.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Secrets that External Secrets fills from AWS, by a store that the first of them brings along. */
function fromSecretsManager(secrets: PlatformSecrets, region: string): SecretFactory {
  let store: KubernetesObject | undefined;
  return (reference, namespace, options) => {
    store ??= new KubernetesObject({ ...secretStore(namespace, region) }, options);
    return new KubernetesObject(
      { ...externalSecret(reference.name, namespace, secrets.secrets.get(reference.name)!.name) },
      { ...options, dependsOn: [store] },
    );
  };
}

/** The task platform on EKS, with MSK, RDS and ElastiCache. */
export async function program(): Promise<StackOutputs> {
  const config = awsConfig();
  const { region, namespace } = config;
  const size = AWS_SIZES[config.size];
  const name = pulumi.getStack();
  const aws = awsPlatform({
    region,
    namespace,
    minReplicas: size.name === 'production' ? 1 : 0,
    mail: { host: config.mailHost, from: config.mailFrom, to: config.mailTo },
    ...(config.traceEndpoint !== undefined && { traceEndpoint: config.traceEndpoint }),
  });
  // What cannot work is refused before anything is made.
  const objects = renderObjects(aws.platform).map(({ manifest }) => manifest);
  const authority = databaseAuthority(region);

  const { args, cli, allowedAccountIds } = config.provider;
  const tags = { ...config.provider.tags, ...ownTags(size.name) };
  if (config.upgrade.length > 0) {
    void pulumi.log.warn(
      `this update may change the versions of ${config.upgrade.join(', ')}: stop if the preview replaces one of them, and run this afterwards: pulumi config rm upgrade`,
    );
  }
  const accounts = config.accountId === undefined ? allowedAccountIds : [config.accountId];
  const provider = new Provider('aws', {
    ...args,
    region,
    defaultTags: { tags },
    ...(accounts !== undefined && { allowedAccountIds: [...accounts] }),
  });
  const inAws = { provider };
  const identity = await deployer({ provider });
  const below = infrastructure(
    {
      name,
      size,
      region,
      zones: await availabilityZones({ provider }),
      deployer: identity,
      cidrBlock: config.vpcCidr,
      publicAccessCidrs: config.publicAccessCidrs,
      administrators: config.administrators,
      tags,
      cli,
      upgrade: config.upgrade,
      aws,
    },
    provider,
  );
  const { cluster, kafka, database, cache, keys } = below;
  const images = new Images(
    name,
    { size, images: TASK_PLATFORM_IMAGES, tag: config.imageTag, root: ROOT },
    inAws,
  );
  const values: PlaceholderValues = new Map<string, pulumi.Input<string>>([
    // MSK may name fewer brokers than there are.
    ...AWS_PLACEHOLDERS.brokers.map(
      (placeholder, index) =>
        [
          placeholder,
          kafka.bootstrapServers.apply((servers) => servers[index % servers.length]!),
        ] as const,
    ),
    [AWS_PLACEHOLDERS.postgres, database.host],
    [AWS_PLACEHOLDERS.postgresAuthority, authority],
    [AWS_PLACEHOLDERS.redis, cache.host],
    ...[...images.refs].map(
      ([image, ref]) =>
        [`${AWS_PLACEHOLDERS.registry}/${image}:${AWS_PLACEHOLDERS.tag}`, ref] as const,
    ),
  ]);
  const secrets = new PlatformSecrets(
    name,
    {
      size,
      references: aws.platform.secrets,
      values: {
        [`${aws.database.credentials.name}.password`]: database.password,
        [`${aws.stateCredentials.name}.password`]: cache.token,
        [`${aws.mailCredentials.name}.username`]: config.mailUser,
        [`${aws.mailCredentials.name}.password`]: config.mailPassword,
      },
      placeholders: values,
      keyArn: keys.secrets,
    },
    inAws,
  );

  const { keda, externalSecrets, nodes } = OPERATORS;
  const { exporterServiceAccount } = aws.broker;
  const identities = [
    new KafkaIdentities(
      `${name}-kafka`,
      {
        cluster,
        kafkaArn: kafka.clusterArn,
        longestKafkaArn: longestClusterArn(`${name}-kafka`, region),
        namespace,
        apps: aws.broker.grants.map(({ client, serviceAccount, publishes, receives, group }) => ({
          app: client,
          serviceAccount,
          publish: publishes,
          subscribe: receives.map((topic) => ({ topic, group })),
        })),
        watchers: {
          keda: { namespace: keda.namespace, name: 'keda-operator' },
          ...(exporterServiceAccount !== undefined && {
            exporter: { namespace, name: exporterServiceAccount },
          }),
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
  const inCluster = {
    provider: clusterProvider(
      { kubeconfig: cluster.kubeconfig },
      { dependsOn: [...cluster.ready] },
    ),
  };
  const volumes = new KubernetesObject(ENCRYPTED_VOLUMES, {
    ...inCluster,
    dependsOn: [...cluster.ready],
  });
  const operators = new Operators(
    'operators',
    {
      install: [...operatorsOf(objects), 'externalSecrets', 'nodes'],
      values: { nodes: nodeAutoscalerValues(cluster.name, region) },
      highAvailability: size.name === 'production',
    },
    // A pod gets the identity that its ServiceAccount has when it starts.
    { ...inCluster, dependsOn: [...cluster.ready, volumes, ...identities] },
  );
  new PlatformObjects(
    aws.platform.node.id,
    { platform: aws.platform, secret: fromSecretsManager(secrets, region), values },
    { ...inCluster, dependsOn: [operators, secrets, ...below.topics, database, cache] },
  );

  return {
    namespace,
    clusterName: cluster.name,
    kubeconfig: cluster.kubeconfig,
    bootstrapServers: kafka.bootstrapServers,
    databaseHost: database.host,
    stateStoreHost: cache.host,
    reachIt: [
      cluster.name.apply((clusterName) => updateKubeconfig(clusterName, region, cli)),
      `kubectl -n ${namespace} port-forward service/producer 8080:80`,
    ],
  };
}
