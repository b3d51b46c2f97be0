import * as pulumi from '@pulumi/pulumi';
import { AWS_PLACEHOLDERS } from '../../charts/aws-environment.ts';
import type { AwsPlatform } from '../../charts/system.ts';
import { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { PlaceholderValues } from '../kubernetes/placeholders.ts';
import { PlatformObjects, type SecretFactory } from '../kubernetes/platform-objects.ts';
import { OPERATORS } from '../operators.ts';
import { Cache, requireCacheName } from './cache.ts';
import type { AwsConfig } from './config.ts';
import { Database } from './database.ts';
import { KafkaIdentities } from './identities.ts';
import type { Infrastructure } from './infrastructure.ts';
import { mskTopics } from './kafka.ts';
import { longestClusterArn } from './kafka-statements.ts';
import { externalSecret, PlatformSecrets, secretStore } from './secrets.ts';
import { requireRoleName } from './service-role.ts';
import { AWS_SIZES } from './sizes.ts';

/** What {@link awsSystem} is made from. */
export interface AwsSystemArgs {
  /** What names of its resources start with. */
  readonly name: string;
  /** What names of its passwords start with. */
  readonly passwordPrefix: string;
  readonly namespace: string;
  readonly aws: AwsPlatform;
  readonly below: Infrastructure;
  readonly config: AwsConfig;
  /** PEM of the authority that signs the certificate of RDS. */
  readonly authority: pulumi.Input<string>;
  /** What images are called, by their placeholders. */
  readonly images: PlaceholderValues;
  /** Whether KEDA, which watches the groups of all systems, gets its identity here. */
  readonly watched: boolean;
}

const cacheName = (name: string): string => `${name}-cache`;
const identitiesName = (name: string): string => `${name}-kafka`;

/** @throws RunError when AWS does not take a name of the system's, before anything is made. */
export function requireNames(name: string, { broker, cacheCredentials }: AwsPlatform): void {
  broker.grants.forEach(({ client }) => requireRoleName(`${identitiesName(name)}-${client}`));
  if (cacheCredentials !== undefined) {
    requireCacheName(cacheName(name));
  }
}

/** What one system has on AWS, and what it tells about itself. */
export interface DeployedSystem {
  readonly secrets: PlatformSecrets;
  readonly identities: KafkaIdentities;
  /** Creates its objects in the cluster. */
  deploy(provider: pulumi.ProviderResource, operators: pulumi.Resource): void;
  readonly outputs: Readonly<Record<string, pulumi.Input<string>>>;
}

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

/** A value for a placeholder; none for a part that the system does not have. */
function given(placeholder: string, value: pulumi.Input<string> | undefined) {
  return value === undefined ? [] : [[placeholder, value] as const];
}

/** What stands in the rendered objects for addresses and images. */
function placeholderValues(
  { below: { kafka }, authority, images }: AwsSystemArgs,
  database: Database | undefined,
  cache: Cache | undefined,
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
    ...given(AWS_PLACEHOLDERS.postgres, database?.host),
    [AWS_PLACEHOLDERS.postgresAuthority, authority],
    ...given(AWS_PLACEHOLDERS.redis, cache?.host),
    ...images,
  ]);
}

/** Values of the secrets that the platform refers to. */
function secretValues(
  { aws, config }: AwsSystemArgs,
  database: Database | undefined,
  cache: Cache | undefined,
): Record<string, pulumi.Input<string>> {
  return {
    ...(aws.database && {
      [`${aws.database.credentials.name}.password`]: database!.password,
    }),
    ...(aws.cacheCredentials && { [`${aws.cacheCredentials.name}.password`]: cache!.token }),
    ...(aws.mailCredentials && {
      [`${aws.mailCredentials.name}.username`]: config.mailUser,
      [`${aws.mailCredentials.name}.password`]: config.mailPassword,
    }),
  };
}

/** What pods of the system may do with Kafka. */
function kafkaIdentities(
  { name, namespace, aws, below: { kafka, cluster }, config: { region }, watched }: AwsSystemArgs,
  inAws: { readonly provider: pulumi.ProviderResource },
): KafkaIdentities {
  const { exporterIdentity } = aws.broker;
  return new KafkaIdentities(
    identitiesName(name),
    {
      cluster,
      kafkaArn: kafka.clusterArn,
      longestKafkaArn: longestClusterArn(`${pulumi.getStack()}-kafka`, region),
      namespace,
      apps: aws.broker.grants.map(({ client, serviceAccount, publishes, receives, group }) => ({
        app: client,
        serviceAccount,
        publish: publishes,
        subscribe: receives.map((topic) => ({ topic, group })),
      })),
      watchers: {
        ...(watched && { keda: { namespace: OPERATORS.keda.namespace, name: 'keda-operator' } }),
        ...(exporterIdentity !== undefined && {
          exporter: { namespace, name: exporterIdentity.name },
        }),
      },
    },
    inAws,
  );
}

/** Topics, database, cache, secrets and identities of one system. */
export function awsSystem(
  args: AwsSystemArgs,
  inAws: { readonly provider: pulumi.ProviderResource },
): DeployedSystem {
  const { name, namespace, aws, below, config } = args;
  const { region } = config;
  const size = AWS_SIZES[config.size];
  const { kafka, keys, inside } = below;
  const topics = mskTopics(
    name,
    { size, clusterArn: kafka.clusterArn, topics: aws.broker.topics },
    { ...inAws, dependsOn: [kafka] },
  );
  const database =
    aws.database &&
    new Database(
      `${name}-database`,
      {
        ...inside,
        keyArn: keys.database,
        logKeyArn: keys.logs,
        databaseName: aws.database.database,
        username: aws.database.user,
      },
      inAws,
    );
  const cache =
    aws.cacheCredentials && new Cache(cacheName(name), { ...inside, keyArn: keys.cache }, inAws);
  const values = placeholderValues(args, database, cache);
  const secrets = new PlatformSecrets(
    name,
    {
      size,
      references: aws.platform.secrets,
      values: secretValues(args, database, cache),
      placeholders: values,
      keyArn: keys.secrets,
      passwordPrefix: args.passwordPrefix,
    },
    inAws,
  );
  const identities = kafkaIdentities(args, inAws);
  return {
    secrets,
    identities,
    deploy: (provider, operators) => {
      const before = [...topics.values(), database, cache].filter((part) => part !== undefined);
      new PlatformObjects(
        aws.platform.node.id,
        { platform: aws.platform, secret: fromSecretsManager(secrets, region), values },
        { provider, dependsOn: [operators, secrets, ...before] },
      );
    },
    outputs: {
      namespace,
      ...(database && { databaseHost: database.host }),
      ...(cache && { cacheHost: cache.host }),
    },
  };
}
