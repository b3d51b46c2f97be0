import { describe, expect, it } from 'vitest';
import { Environment } from '../../core/index.ts';
import { type AnyManifest, TestPlatform } from '../../testing/fixtures.ts';
import type { IMessageBroker } from '../message-broker.ts';
import { RabbitMqCluster } from './rabbitmq-cluster.ts';

const production = Environment.production({ postgres: { host: 'postgres.example.com' } });
const OWN = /^(kafka|rabbitmq)/;

function objects<Broker extends IMessageBroker>(test: TestPlatform<Broker>): AnyManifest[] {
  test.producer();
  test.consumer();
  return test.objects().filter(({ metadata }) => !OWN.test(metadata.name));
}

/** An object without what the broker has a say in: the rest has to stay as it is. */
function withoutBroker(object: AnyManifest): unknown {
  const { kind, spec } = object;
  switch (kind) {
    case 'Component':
      return { ...object, spec: null };
    case 'ScaledObject':
      return { ...object, spec: { ...spec, triggers: spec.triggers.length as number } };
    case 'PrometheusRule':
      return JSON.parse(
        JSON.stringify(object, (key, value: unknown) =>
          key === 'expr' && /kafka_|rabbitmq_/.test(String(value)) ? 'of the broker' : value,
        ),
      );
    case 'NetworkPolicy':
      return JSON.parse(
        JSON.stringify(object).replaceAll(
          /\{"ports":\[\{"port":(9092|5672),"protocol":"TCP"\}\],"to":\[[^\]]*\]\}\]\}\}\]\}/g,
          '"broker"',
        ),
      );
    case 'Deployment': {
      // Kafka's apps may have accounts, or not.
      const copy = structuredClone(object);
      delete copy.spec.template.metadata.annotations?.['dapr.io/env-from-secret'];
      return copy;
    }
    default:
      return object;
  }
}

describe.each([
  ['locally', Environment.local()],
  ['in production', production],
])('RabbitMQ in place of Kafka %s', (_where, environment) => {
  const kafka = objects(new TestPlatform(environment));
  const rabbitMq = objects(
    new TestPlatform(environment, (scope) => new RabbitMqCluster(scope, 'rabbitmq')),
  );

  it('leaves everything else as it is', () => {
    expect(rabbitMq.map(withoutBroker)).toEqual(kafka.map(withoutBroker));
  });

  it('touches no Deployment where there are no accounts', () => {
    const deployments = (all: AnyManifest[]) => all.filter(({ kind }) => kind === 'Deployment');
    if (!environment.production) {
      expect(deployments(rabbitMq)).toEqual(deployments(kafka));
    }
  });
});
