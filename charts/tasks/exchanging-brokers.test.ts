import { describe, expect, it } from 'vitest';
import {
  Environment,
  type EventPlatform,
  type IMessageBroker,
  KafkaCluster,
  type Manifest,
  NatsJetStream,
  RabbitMqCluster,
  RedisStreams,
  renderPlatform,
} from '../../constructs/index.ts';
import { problemsWithStrimzi } from '../../constructs/testing/strimzi-problems.ts';
import { EXAMPLE_MAIL } from './example-mail.ts';
import { taskPlatform } from './task-platform.ts';
import { inProduction } from '../../constructs/testing/fixtures.ts';

interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** A rendered object, as far as this test looks into it. */
interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly metadata?: readonly { readonly name: string; readonly value?: string }[];
    readonly egress?: readonly object[];
    readonly groups?: readonly { readonly rules: readonly Rule[] }[];
  };
}

type Declare = (platform: EventPlatform) => IMessageBroker;

const BROKERS: Readonly<Record<string, Declare>> = {
  rabbitmq: (platform) => new RabbitMqCluster(platform, 'rabbitmq'),
  redis: (platform) => new RedisStreams(platform, 'redis'),
  nats: (platform) => new NatsJetStream(platform, 'nats'),
};

const ENVIRONMENTS = [
  Environment.local(),
  inProduction({ postgres: { host: 'postgres.example.com' } }),
];

/** What a platform renders, and the Secrets of apps that it refers to. */
function render(environment: Environment, declare: Declare) {
  const brokers: IMessageBroker[] = [];
  const platform = taskPlatform(environment, {
    notifications: EXAMPLE_MAIL,
    broker: (scope) => {
      brokers.push(declare(scope));
      return brokers[0]!;
    },
  });
  const objects = new Map(
    renderPlatform(platform)
      .flatMap((layer) => layer.objects as unknown as Rendered[])
      .map((object) => [`${object.kind} ${object.metadata.name}`, object]),
  );
  const accounts = platform.secrets
    .map(({ name }) => name)
    .filter((name) => objects.has(`Deployment ${name.replace(/-broker$/, '')}`));
  return { objects, accounts, broker: brokers[0]! };
}

/** The setting of the Component that says who receives what; the others depend on the broker. */
const SCOPING = /^subscriptionScopes$/;
/** Alerts whose metrics come from the broker. */
const BROKER_ALERTS: readonly string[] = [
  'ConsumerDrainSlow',
  'ConsumerLagHigh',
  'ConsumerMissing',
  'ConsumerStalled',
  'DeadLettersGrowing',
];

/** A rule without the broker's metrics, and without the link to a dashboard that Kafka alone has. */
function ruleWithoutBroker({ annotations, ...rule }: Rule): Rule {
  const { dashboard, ...others } = annotations ?? {};
  const ofBroker = rule.alert === undefined || BROKER_ALERTS.includes(rule.alert);
  return {
    ...rule,
    ...(ofBroker && { expr: '' }),
    annotations: {
      ...others,
      ...(dashboard?.includes('kafka') === false && { dashboard }),
    },
  };
}

/** An object without what a broker decides: settings, triggers, metrics, and where it is. */
function withoutBroker(object: Rendered, broker: string): unknown {
  const { kind, spec } = object;
  switch (kind) {
    case 'Component':
      return {
        ...object,
        spec: { metadata: spec?.metadata?.filter(({ name }) => SCOPING.test(name)) },
      };
    case 'Deployment':
      // Its sidecar connects to something else: pods are replaced.
      return JSON.parse(
        JSON.stringify(object).replace(/(?<="event-platform\/sidecar-view":)"[^"]*"/, '""'),
      ) as unknown;
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
        spec: spec?.groups?.map((group) => group.rules.map(ruleWithoutBroker)),
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
      .filter(([identity]) => identity !== 'ConfigMap dashboard-kafka-overview')
      .concat([...objects].filter(([identity]) => identity === 'Component kafka-pubsub'))
      .map(([identity, object]) => [identity, withoutBroker(object, broker)]),
  );
}

/** The same objects, as a broker has them that hands out one event at a time. */
function oneByOne(objects: ReadonlyMap<string, unknown>): Map<string, unknown> {
  return new Map(
    [...objects].map(([identity, object]) => {
      const { spec, ...rest } = object as Rendered & { spec?: { bulkSubscribe?: object } };
      if (spec?.bulkSubscribe === undefined) {
        return [identity, object];
      }
      const single = { ...spec };
      delete single.bulkSubscribe;
      return [identity, { ...rest, spec: single }];
    }),
  );
}

describe.each(ENVIRONMENTS)('the task platform ($name) with another broker', (environment) => {
  const kafka = render(environment, (platform) => new KafkaCluster(platform, 'kafka'));

  it.each(Object.entries(BROKERS))('%s changes nothing but the broker', (name, declare) => {
    const other = render(environment, declare);
    const asKafka = common(kafka.objects, 'kafka');
    expect(common(other.objects, name)).toEqual(
      other.broker.deliversInBulk ? asKafka : oneByOne(asKafka),
    );
    const component = 'Component kafka-pubsub';
    expect(other.objects.get(component)).not.toEqual(kafka.objects.get(component));
  });

  it.each(Object.entries(BROKERS))(
    '%s has the accounts of apps that Kafka has',
    (_name, declare) => {
      expect(render(environment, declare).accounts).toEqual(
        kafka.accounts.filter((account) => !account.startsWith('kafka-')),
      );
    },
  );

  it.each(Object.entries(BROKERS))('%s has objects that their kinds allow', (_name, declare) => {
    const { objects } = render(environment, declare);
    expect(problemsWithStrimzi([...objects.values()] as unknown as readonly Manifest[])).toEqual(
      [],
    );
  });
});
