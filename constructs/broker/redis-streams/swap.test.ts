import { describe, expect, it } from 'vitest';
import { Environment, type IMessageBroker, KafkaCluster, RedisStreams } from '../../index.ts';
import { type AnyManifest, TestPlatform } from '../../testing/fixtures.ts';

const environments = {
  local: Environment.local(),
  production: Environment.production({ postgres: { host: 'postgres.example.com' } }),
};

function rendered(
  environment: Environment,
  broker: (platform: TestPlatform['platform']) => IMessageBroker,
) {
  const test = new TestPlatform<IMessageBroker>(environment, broker);
  test.producer();
  test.consumer();
  return { objects: test.objects(), secrets: test.platform.secrets.map(({ name }) => name) };
}

/** Whether an object is the broker's own. */
function ofBroker({ metadata }: AnyManifest): boolean {
  return /^(kafka|redis)(-|$)/.test(metadata.name);
}

/** An object without what may differ between brokers. */
function comparable(object: AnyManifest): unknown {
  const copy = structuredClone(object);
  const spec = copy.spec as Record<string, unknown>;
  if (object.kind === 'Component') {
    const own = new Set([
      'allowedTopics',
      'protectedTopics',
      'publishingScopes',
      'subscriptionScopes',
    ]);
    const metadata = object.spec.metadata as { name: string }[];
    delete spec.type;
    spec.metadata = metadata.filter(({ name }) => own.has(name));
  }
  if (object.kind === 'ScaledObject') {
    delete spec.triggers;
  }
  if (object.kind === 'PrometheusRule') {
    return JSON.parse(
      JSON.stringify(copy).replaceAll(/"(?:[^"\\]|\\.)*(?:kafka|redis)_(?:[^"\\]|\\.)*"/g, '"…"'),
    );
  }
  if (object.kind === 'NetworkPolicy') {
    delete spec.egress;
  }
  if (object.kind === 'Deployment') {
    // The account, in variables of the same names for every broker that has accounts.
    delete copy.spec.template.metadata.annotations?.['dapr.io/env-from-secret'];
  }
  return copy;
}

/** What bulk delivery is set to is of the broker as well: Redis has to deliver one by one. */
function withoutBulk(objects: readonly unknown[]): unknown {
  return JSON.parse(
    JSON.stringify(objects, (key, value: unknown) => (key === 'bulkSubscribe' ? undefined : value)),
  );
}

describe.each(Object.entries(environments))(
  'Redis in the place of Kafka, %s',
  (_name, environment) => {
    const kafka = rendered(environment, (platform) => new KafkaCluster(platform, 'kafka'));
    const redis = rendered(environment, (platform) => new RedisStreams(platform, 'redis'));

    it('changes nothing but what is the broker’s', () => {
      const others = (objects: readonly AnyManifest[]) =>
        withoutBulk(objects.filter((object) => !ofBroker(object)).map(comparable));
      expect(others(redis.objects)).toEqual(others(kafka.objects));
    });

    it('leaves scalers their bounds, and asks for Secrets only where clients log in', () => {
      const scaler = redis.objects.find(({ kind }) => kind === 'ScaledObject')!;
      expect(scaler.spec.maxReplicaCount).toBe(3);
      const accounts = redis.secrets.filter((name) => name.endsWith('-broker'));
      expect(accounts.length > 0).toBe(environment.production);
    });
  },
);
