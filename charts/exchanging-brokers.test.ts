import { describe, expect, it } from 'vitest';
import {
  Environment,
  type EventPlatform,
  type IMessageBroker,
  KafkaCluster,
  renderPlatform,
} from '../constructs/index.ts';
import { taskPlatform } from './task-platform.ts';

/** A rendered object, as far as this test looks into it. */
interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly metadata?: readonly { readonly name: string; readonly value?: string }[];
    readonly egress?: readonly object[];
    readonly groups?: readonly { readonly rules: readonly { readonly alert: string }[] }[];
  };
}

type Declare = (platform: EventPlatform) => IMessageBroker;

const BROKERS: Readonly<Record<string, Declare>> = {};

const ENVIRONMENTS = [
  Environment.local(),
  Environment.production({ postgres: { host: 'postgres.example.com' } }),
];

/** Names of the Secrets that a platform refers to. */
const secrets = (environment: Environment, broker: Declare) =>
  taskPlatform(environment, { broker }).secrets.map(({ name }) => name);

function render(environment: Environment, broker: Declare): Map<string, Rendered> {
  return new Map(
    renderPlatform(taskPlatform(environment, { broker }))
      .flatMap(({ objects }) => objects as unknown as Rendered[])
      .map((object) => [`${object.kind} ${object.metadata.name}`, object]),
  );
}

/** Settings of the Component that say who may use which topic; the others are the broker's. */
const SCOPING = /Topics$|Scopes$/;
/** Alerts whose figures come from the broker. */
const BROKER_ALERTS: readonly string[] = ['ConsumerLagHigh', 'DeadLettersGrowing'];

/** An object without what a broker decides: settings, triggers, figures, and where it is. */
function withoutBroker(object: Rendered, broker: string): unknown {
  const { kind, spec } = object;
  switch (kind) {
    case 'Component':
      return {
        ...object,
        spec: { metadata: spec?.metadata?.filter(({ name }) => SCOPING.test(name)) },
      };
    case 'ScaledObject':
      return { ...object, spec: { ...spec, triggers: [] } };
    case 'NetworkPolicy':
      return {
        ...object,
        spec: {
          ...spec,
          egress: spec?.egress?.filter((rule) => !JSON.stringify(rule).includes(`["${broker}"]`)),
        },
      };
    case 'PrometheusRule':
      return {
        ...object,
        spec: spec?.groups?.map((group) =>
          group.rules.map((rule) =>
            BROKER_ALERTS.includes(rule.alert) ? { ...rule, expr: '' } : rule,
          ),
        ),
      };
    default:
      return object;
  }
}

/** What is there whatever the broker is: its own objects are called as it is. */
function common(objects: ReadonlyMap<string, Rendered>, broker: string): Map<string, unknown> {
  return new Map(
    [...objects]
      .filter(([, { metadata }]) => !metadata.name.startsWith(broker))
      .concat([...objects].filter(([identity]) => identity === 'Component kafka-pubsub'))
      .map(([identity, object]) => [identity, withoutBroker(object, broker)]),
  );
}

describe.each(ENVIRONMENTS)('the task platform ($name) with another broker', (environment) => {
  const declareKafka: Declare = (platform) => new KafkaCluster(platform, 'kafka');
  const kafka = render(environment, declareKafka);

  it.each(Object.entries(BROKERS))('%s changes nothing but the broker', (name, declare) => {
    const other = render(environment, declare);
    expect(common(other, name)).toEqual(common(kafka, 'kafka'));
    expect(other.get('Component kafka-pubsub')).not.toEqual(kafka.get('Component kafka-pubsub'));
  });

  it.each(Object.entries(BROKERS))(
    '%s has an account for each app, as Kafka has',
    (name, declare) => {
      const ofApps = (names: readonly string[], broker: string) =>
        names.filter((secret) => !secret.startsWith(broker));
      expect(ofApps(secrets(environment, declare), name)).toEqual(
        ofApps(secrets(environment, declareKafka), 'kafka'),
      );
    },
  );
});
