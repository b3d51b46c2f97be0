// Clusters have IPv4, IPv6 or both. What is rendered works on each without an option.
import { App } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  DaprPubSub,
  Environment,
  EventPlatform,
  EventProducer,
  type IMessageBroker,
  Jaeger,
  KafkaCluster,
  KafkaUi,
  MailSink,
  PostgresDatabase,
  renderPlatform,
} from './index.ts';
import { EVERY_BROKER } from './testing/every-broker.ts';
import { inProduction, shop } from './testing/fixtures.ts';
import type { AnyManifest } from './testing/manifests.ts';

const BROKERS: typeof EVERY_BROKER = {
  ...EVERY_BROKER,
  KafkaCluster: (platform) => {
    const broker = new KafkaCluster(platform, 'broker');
    new KafkaUi(platform, 'ui', { broker });
    return broker;
  },
};

function objectsOf(
  environment: Environment,
  broker: (platform: EventPlatform) => IMessageBroker,
): AnyManifest[] {
  const platform = new EventPlatform(new App(), 'test', { environment });
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker: broker(platform) });
  const database = new PostgresDatabase(platform, 'postgres');
  new EventProducer(platform, 'shop', { manifest: shop, pubSub, database });
  if (!environment.production) {
    new Jaeger(platform, 'jaeger');
    new MailSink(platform, 'mail').targetOf('shop');
  }
  return renderPlatform(platform).flatMap(({ objects }) => objects as AnyManifest[]);
}

const CASES = Object.entries(BROKERS).flatMap(([name, broker]) =>
  [Environment.local({ traces: Jaeger.endpoint('jaeger') }), inProduction()].map(
    (environment) => [name, environment.name, objectsOf(environment, broker)] as const,
  ),
);

describe.each(CASES)('%s, %s', (_broker, _environment, objects) => {
  it('listens on the addresses of both families', () => {
    const only4 = objects.filter((object) => JSON.stringify(object).includes('0.0.0.0'));
    expect(only4.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual([]);
  });

  it('leaves the family of Services to the cluster', () => {
    const services = objects.filter(({ kind }) => kind === 'Service');
    expect(services.length).toBeGreaterThan(0);
    for (const { spec } of services) {
      expect(spec).not.toHaveProperty('ipFamilies');
      expect(spec).not.toHaveProperty('ipFamilyPolicy');
    }
  });

  it('lets pods connect to an address of one family only beside one of the other', () => {
    for (const { kind, metadata, spec } of objects) {
      const blocks = kind === 'NetworkPolicy' ? JSON.stringify(spec).match(/"cidr":"[^"]+"/g) : [];
      const six = (blocks ?? []).filter((block) => block.includes('::'));
      expect((blocks ?? []).length, metadata.name).toBe(2 * six.length);
    }
  });
});
