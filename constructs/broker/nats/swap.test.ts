import { describe, expect, it } from 'vitest';
import { Environment, type EventPlatform } from '../../core/index.ts';
import { type AnyManifest, TestPlatform } from '../../testing/fixtures.ts';
import { KafkaCluster } from '../kafka/index.ts';
import type { IMessageBroker } from '../message-broker.ts';
import { NatsJetStream } from './nats-jet-stream.ts';

const environments = [
  Environment.local(),
  Environment.production({ postgres: { host: 'postgres.example.com' } }),
];

function rendered(
  environment: Environment,
  broker: (platform: EventPlatform) => IMessageBroker,
): Map<string, AnyManifest> {
  const test = new TestPlatform(environment, broker);
  test.producer();
  test.consumer();
  return new Map(
    test
      .objects()
      .filter(({ metadata }) => !/^(nats|kafka)/.test(metadata.name))
      .map((object) => [`${object.kind}/${object.metadata.name}`, object]),
  );
}

/** An object without what another broker may change in it. */
function comparable(object: AnyManifest): unknown {
  const copy = JSON.parse(JSON.stringify(object)) as AnyManifest;
  switch (copy.kind) {
    case 'Component':
      return copy.spec.type.startsWith('pubsub.') ? copy.metadata : copy;
    case 'ScaledObject':
      copy.spec.triggers = copy.spec.triggers.length;
      return copy;
    case 'PrometheusRule':
      for (const rule of copy.spec.groups[0].rules) {
        rule.expr = /lag|offset|_pending|_last_seq/.test(rule.expr as string) ? '' : rule.expr;
      }
      return copy;
    case 'NetworkPolicy':
      delete copy.spec.egress;
      return copy;
    case 'Deployment':
      delete copy.spec.template.metadata.annotations?.['dapr.io/env-from-secret'];
      return copy;
    case 'Subscription':
      // Events come one by one, and Dapr would wait for company.
      delete copy.spec.bulkSubscribe;
      return copy;
    default:
      return copy;
  }
}

describe.each(environments.map((environment) => [environment.name, environment] as const))(
  'instead of Kafka, %s',
  (_name, environment) => {
    const before = rendered(environment, (platform) => new KafkaCluster(platform, 'kafka'));
    const after = rendered(environment, (platform) => new NatsJetStream(platform, 'nats'));

    it('renders the same objects beside its own', () => {
      expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
      expect(before.size).toBeGreaterThan(20);
    });

    it('changes nothing in them but what is about a broker', () => {
      for (const [name, object] of after) {
        expect(comparable(object), name).toEqual(comparable(before.get(name)!));
      }
    });
  },
);
