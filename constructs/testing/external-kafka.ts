import { type AnyManifest, inProduction, TestPlatform } from './fixtures.ts';
import { ExternalKafkaAuthentication as Authentication } from '../broker/external-kafka/external-authentication.ts';
import type { ExternalKafka } from '../broker/external-kafka/external-kafka.ts';
import type { ExternalKafkaOptions } from '../broker/external-kafka/external-options.ts';
import { KafkaCluster } from '../broker/kafka/kafka-cluster.ts';

/** An environment with a database that somebody else runs. */
export const production = inProduction({ postgres: { host: 'postgres.example.com' } });
/** Brokers that somebody else runs. */
export const SERVERS = ['b-1.kafka.example.com:9096', 'b-2.kafka.example.com:9096'];

/** A platform with a producer and a consumer on a Kafka that somebody else runs. */
export function external(
  options: Partial<ExternalKafkaOptions> = {},
  environment = production,
): TestPlatform<ExternalKafka> {
  const test = new TestPlatform(environment, (platform) =>
    KafkaCluster.fromBootstrap(platform, 'kafka', {
      bootstrapServers: SERVERS,
      authentication: Authentication.none(),
      ...options,
    }),
  );
  test.producer();
  test.consumer();
  return test;
}

/** A setting of a component, or an environment variable. */
export interface Setting {
  readonly name: string;
  readonly value?: string;
}

/** Settings of the rendered component, but for scopes. */
export function settings(test: TestPlatform<ExternalKafka>): Record<string, unknown> {
  const { metadata } = test.object('Component', 'pubsub').spec as { metadata: Setting[] };
  return Object.fromEntries(
    metadata
      .filter(({ name }) => !/Topics$|Scopes$/.test(name))
      .map(({ name, value, ...reference }) => [name, value ?? reference]),
  );
}

/** The first trigger of the consumer's scaler. */
export function trigger(test: TestPlatform<ExternalKafka>): AnyManifest {
  const { spec } = test.object('ScaledObject', 'order-processor') as AnyManifest & {
    readonly spec: { readonly triggers: readonly [AnyManifest] };
  };
  return spec.triggers[0];
}

/** What the sidecar of an app has in its environment. */
export function sidecarSecrets(test: TestPlatform<ExternalKafka>, app: string): string | undefined {
  const { spec } = test.object('Deployment', app) as AnyManifest & {
    readonly spec: {
      readonly template: { readonly metadata: { readonly annotations: Record<string, string> } };
    };
  };
  return spec.template.metadata.annotations['dapr.io/env-from-secret'];
}

/** MSK with IAM. */
export const mskIam = () =>
  Authentication.mskIam({
    region: 'eu-central-1',
    roleArn: 'arn:aws:iam::123456789012:role/kafka',
  });
/** MSK with SCRAM, with what the names of secrets start with. */
export const mskScram = (prefix = 'AmazonMSK_shop-') =>
  Authentication.mskScram({
    awsSecretName: (client) => `${prefix}${client}`,
    kmsKeyArn: 'arn:aws:kms:eu-central-1:123456789012:key/0f1e',
  });
