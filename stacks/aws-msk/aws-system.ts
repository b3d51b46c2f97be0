import * as pulumi from '@pulumi/pulumi';
import { AWS_PLACEHOLDERS } from '../../charts/tasks/aws-msk.ts';
import type { AwsPlatform } from '../../charts/system.ts';
import { KubernetesObject } from '../kubernetes/kubernetes-object.ts';
import type { PlaceholderValues } from '../kubernetes/placeholders.ts';
import { PlatformObjects, type SecretFactory } from '../kubernetes/platform-objects.ts';
import { OPERATORS } from '../operators.ts';
import { Cache } from './cache.ts';
import type { awsConfig } from './config.ts';
import { Database } from './database.ts';
import { KafkaIdentities } from './identities.ts';
import type { infrastructure } from './infrastructure.ts';
import { mskTopics } from './kafka.ts';
import { longestClusterArn } from './kafka-statements.ts';
import { externalSecret, PlatformSecrets, secretStore } from './secrets.ts';
import { AWS_SIZES } from './sizes.ts';

/** What {@link awsSystem} is made from. */
export interface AwsSystemArgs {
  /** What names of its resources start with. */
  readonly name: string;
  readonly namespace: string;
  readonly aws: AwsPlatform;
  readonly below: ReturnType<typeof infrastructure>;
  readonly config: ReturnType<typeof awsConfig>;
  /** PEM of the authority that signs the certificate of RDS. */
  readonly authority: pulumi.Input<string>;
  /** What images are called, by their placeholders. */
  readonly images: PlaceholderValues;
  /** Whether KEDA, which watches the groups of all systems, gets its identity here. */
  readonly watched: boolean;
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

/** Topics, database, state store, secrets and identities of one system. */
export function awsSystem(
  { name, namespace, aws, below, config, authority, images, watched }: AwsSystemArgs,
  inAws: { readonly provider: pulumi.ProviderResource },
): DeployedSystem {
  const { region } = config;
  const size = AWS_SIZES[config.size];
  const { kafka, keys, inside, cluster } = below;
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
    aws.stateCredentials && new Cache(`${name}-state`, { ...inside, keyArn: keys.cache }, inAws);
  const values: PlaceholderValues = new Map<string, pulumi.Input<string>>([
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
  const secrets = new PlatformSecrets(
    name,
    {
      size,
      references: aws.platform.secrets,
      values: {
        ...(aws.database && {
          [`${aws.database.credentials.name}.password`]: database!.password,
        }),
        ...(aws.stateCredentials && { [`${aws.stateCredentials.name}.password`]: cache!.token }),
        ...(aws.mailCredentials && {
          [`${aws.mailCredentials.name}.username`]: config.mailUser,
          [`${aws.mailCredentials.name}.password`]: config.mailPassword,
        }),
      },
      placeholders: values,
      keyArn: keys.secrets,
    },
    inAws,
  );
  const { exporterIdentity } = aws.broker;
  const identities = new KafkaIdentities(
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
        ...(watched && { keda: { namespace: OPERATORS.keda.namespace, name: 'keda-operator' } }),
        ...(exporterIdentity !== undefined && {
          exporter: { namespace, name: exporterIdentity.name },
        }),
      },
    },
    inAws,
  );
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
      ...(cache && { stateStoreHost: cache.host }),
    },
  };
}
