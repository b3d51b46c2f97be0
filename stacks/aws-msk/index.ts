import { join } from 'node:path';
import { Provider } from '@pulumi/aws/provider.js';
import * as pulumi from '@pulumi/pulumi';
import { AWS_PLACEHOLDERS, type AwsPlatform, awsPlatform } from '../../charts/tasks/aws-msk.ts';
import { TASK_PLATFORM_IMAGES } from '../../charts/tasks/task-platform.ts';
import { renderObjects } from '../../constructs/index.ts';
import { clusterProvider } from '../kubernetes/cluster-provider.ts';
import { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { PlaceholderValues } from '../kubernetes/placeholders.ts';
import { PlatformObjects, type SecretFactory } from '../kubernetes/platform-objects.ts';
import type { StackOutputs } from '../stack-outputs.ts';
import { type OperatorName, Operators, operatorsOf } from '../operators.ts';
import { type AwsConfig, awsConfig } from './config.ts';
import { databaseAuthority } from './database-authority.ts';
import { deployer } from './deployer.ts';
import { Images } from './images.ts';
import { type Infrastructure, infrastructure } from './infrastructure.ts';
import { updateKubeconfig } from './kubeconfig.ts';
import { nodeAutoscalerValues } from './node-autoscaler.ts';
import { podIdentities } from './pod-identities.ts';
import { ownTags } from './provider-settings.ts';
import { externalSecret, PlatformSecrets, secretStore } from './secrets.ts';
import { AWS_SIZES, type AwsSize } from './sizes.ts';
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

/** The provider of AWS with the tags of the stack, which AWS' own resources get, too. */
function awsProvider(config: AwsConfig, size: AwsSize) {
  const { args, allowedAccountIds } = config.provider;
  const tags = { ...config.provider.tags, ...ownTags(size.name) };
  const accounts = config.accountId === undefined ? allowedAccountIds : [config.accountId];
  const provider = new Provider('aws', {
    ...args,
    region: config.region,
    defaultTags: { tags },
    ...(accounts !== undefined && { allowedAccountIds: [...accounts] }),
  });
  return { provider, tags };
}

/** What stands in the rendered objects for addresses and images. */
function placeholderValues(
  { kafka, database, cache }: Infrastructure,
  images: Images,
  authority: pulumi.Input<string>,
): PlaceholderValues {
  return new Map<string, pulumi.Input<string>>([
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
}

/** Values of the secrets that the platform refers to. */
function secretValues(
  aws: AwsPlatform,
  { database, cache }: Infrastructure,
  { mailUser, mailPassword }: AwsConfig,
): Record<string, pulumi.Input<string>> {
  return {
    [`${aws.database.credentials.name}.password`]: database.password,
    [`${aws.stateCredentials.name}.password`]: cache.token,
    [`${aws.mailCredentials.name}.username`]: mailUser,
    [`${aws.mailCredentials.name}.password`]: mailPassword,
  };
}

/** What is installed into the cluster. */
interface Installation {
  readonly aws: AwsPlatform;
  readonly size: AwsSize;
  readonly region: string;
  readonly below: Infrastructure;
  readonly secrets: PlatformSecrets;
  readonly values: PlaceholderValues;
  /** Operators that the rendered objects need. */
  readonly operators: readonly OperatorName[];
  /** What pods may do in AWS. */
  readonly identities: readonly pulumi.Resource[];
}

/** Installs operators and the platform. */
function install(installation: Installation): void {
  const { aws, size, region, below, secrets, values } = installation;
  const { cluster, database, cache, topics } = below;
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
      install: [...installation.operators, 'externalSecrets', 'nodes'],
      values: { nodes: nodeAutoscalerValues(cluster.name, region) },
      highAvailability: size.name === 'production',
    },
    // A pod gets the identity that its ServiceAccount has when it starts.
    { ...inCluster, dependsOn: [...cluster.ready, volumes, ...installation.identities] },
  );
  new PlatformObjects(
    aws.platform.node.id,
    { platform: aws.platform, secret: fromSecretsManager(secrets, region), values },
    { ...inCluster, dependsOn: [operators, secrets, ...topics, database, cache] },
  );
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
  const operators = operatorsOf(renderObjects(aws.platform).map(({ manifest }) => manifest));
  const authority = databaseAuthority(region);

  if (config.upgrade.length > 0) {
    void pulumi.log.warn(
      `this update may change the versions of ${config.upgrade.join(', ')}: stop if the preview replaces one of them, and run this afterwards: pulumi config rm upgrade`,
    );
  }
  const { provider, tags } = awsProvider(config, size);
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
      cli: config.provider.cli,
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
  const values = placeholderValues(below, images, authority);
  const secrets = new PlatformSecrets(
    name,
    {
      size,
      references: aws.platform.secrets,
      values: secretValues(aws, below, config),
      placeholders: values,
      keyArn: keys.secrets,
    },
    inAws,
  );

  const identities = podIdentities(
    { name, region, namespace, aws, below, secrets, identity },
    inAws,
  );
  install({ aws, size, region, below, secrets, values, operators, identities });
  return {
    namespace,
    clusterName: cluster.name,
    kubeconfig: cluster.kubeconfig,
    bootstrapServers: kafka.bootstrapServers,
    databaseHost: database.host,
    stateStoreHost: cache.host,
    reachIt: [
      cluster.name.apply((clusterName) =>
        updateKubeconfig(clusterName, region, config.provider.cli),
      ),
      `kubectl -n ${namespace} port-forward service/producer 8080:80`,
    ],
  };
}
