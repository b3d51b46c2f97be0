import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import {
  Environment,
  ExternalKafkaAuthentication,
  type IMessageBroker,
  KafkaCluster,
  renderPlatform,
} from '../index.ts';
import { asyncApi, topicTable } from '../outputs/index.ts';
import { EVERY_BROKER } from '../testing/every-broker.ts';
import { OrderPlaced, TestPlatform } from '../testing/fixtures.ts';
import { messageOf } from '../testing/refusal.ts';

const YEAR = Duration.days(365);

function on(broker: string): TestPlatform<IMessageBroker> {
  return new TestPlatform(Environment.local(), EVERY_BROKER[broker]);
}

/** A platform whose one topic keeps events for good, with a consumer. */
function kept(retention: 'unlimited' | 'compacted', broker = 'KafkaCluster') {
  const test = on(broker);
  const topic = test.pubSub.addTopic(OrderPlaced, { retention });
  test.producer();
  test.consumer({ inboxRetention: YEAR });
  return { test, topic };
}

describe('a retention', () => {
  it.each([
    [
      'RabbitMqCluster',
      'unlimited',
      'RabbitMQ keeps an event until its consumers have processed it, and no longer: use a Duration, or a KafkaCluster',
    ],
    [
      'RabbitMqCluster',
      'compacted',
      'RabbitMQ keeps an event until its consumers have processed it, and no longer: use a Duration, or a KafkaCluster',
    ],
    [
      'RedisStreams',
      'unlimited',
      'Redis Streams has events in memory, and a full server takes no more: use a Duration, or a KafkaCluster',
    ],
    [
      'RedisStreams',
      'compacted',
      'Redis Streams trims by age, whatever the key: use a Duration, or a KafkaCluster',
    ],
    [
      'NatsJetStream',
      'compacted',
      "JetStream keeps the newest event of a subject, and the keys of a topic share one: use 'unlimited', a Duration, or a KafkaCluster",
    ],
  ] as const)('is refused where %s cannot keep it: %s', (broker, retention, reason) => {
    const { pubSub } = on(broker);
    expect(messageOf(() => pubSub.addTopic(OrderPlaced, { retention }))).toBe(
      `test/pubsub: topic 'order-placed': retention '${retention}' cannot be kept: ${reason} [EP3006]`,
    );
  });

  it.each([
    ['KafkaCluster', 'unlimited'],
    ['KafkaCluster', 'compacted'],
    ['StrimziKafka', 'unlimited'],
    ['StrimziKafka', 'compacted'],
    ['ExternalKafka', 'unlimited'],
    ['ExternalKafka', 'compacted'],
    ['NatsJetStream', 'unlimited'],
  ] as const)('is kept by %s: %s', (broker, retention) => {
    const { test, topic } = kept(retention, broker);
    expect(() => renderPlatform(test.platform)).not.toThrow();
    expect(topic.spec.retention).toBe(retention);
  });

  it('is refused for good by Event Hubs, and by a broker that does not say that it can', () => {
    const hubs = new TestPlatform(Environment.local(), (platform) =>
      KafkaCluster.fromBootstrap(platform, 'kafka', {
        authentication: ExternalKafkaAuthentication.eventHubs({ namespace: 'shop' }),
      }),
    );
    expect(messageOf(() => hubs.pubSub.addTopic(OrderPlaced, { retention: 'unlimited' }))).toBe(
      "test/pubsub: topic 'order-placed': retention 'unlimited' cannot be kept: Event Hubs keeps events for a time only: use a Duration that your tier has, or 'compacted' [EP3006]",
    );
    const silent = on('KafkaCluster');
    Object.assign(silent.broker, { retentionProblem: undefined });
    expect(messageOf(() => silent.pubSub.addTopic(OrderPlaced, { retention: 'compacted' }))).toBe(
      "test/pubsub: topic 'order-placed': retention 'compacted' cannot be kept: broker 'test/broker' keeps events for a time only: use a Duration [EP3006]",
    );
  });

  it('is one of three', () => {
    expect(
      messageOf(() =>
        on('KafkaCluster').pubSub.addTopic(OrderPlaced, { retention: 'forever' as 'unlimited' }),
      ),
    ).toBe(
      "test/pubsub: retention ('forever') must be a Duration, e.g. Duration.days(30), 'unlimited' or 'compacted' [EP1001]",
    );
  });

  it('for good goes with no throughput, from which volumes would follow', () => {
    expect(
      messageOf(() =>
        on('KafkaCluster').pubSub.addTopic(OrderPlaced, {
          retention: 'unlimited',
          throughput: Size.kibibytes(1),
        }),
      ),
    ).toBe(
      "test/pubsub: topic 'order-placed': throughput (1024 bytes a second) of a topic with retention 'unlimited' says nothing of the volume that it fills: leave throughput out, and set storage of the broker [EP3002]",
    );
  });
});

describe('a topic that keeps events for good', () => {
  it.each(['unlimited', 'compacted'] as const)(
    'has dead letters that end, and offsets that do not: %s',
    (retention) => {
      const { test, topic } = kept(retention);
      expect(topic.deadLetterRetention.toDays()).toBe(28);
      const { broker } = test as unknown as TestPlatform;
      expect(broker.topics[1]).toMatchObject({ name: 'order-placed.order-processor.dlq' });
      expect(broker.topics[1]!.retention).toEqual(topic.deadLetterRetention);
      expect(broker.offsetsRetention.toDays()).toBe(36_501);
    },
  );

  it('is refused where offsets end', () => {
    const test = new TestPlatform(undefined, { offsetsRetention: Duration.days(60) });
    test.pubSub.addTopic(OrderPlaced, { retention: 'unlimited' });
    test.producer();
    test.consumer({ inboxRetention: YEAR });
    expect(messageOf(() => renderPlatform(test.platform))).toContain(
      "test/kafka: topic 'order-placed' has retention 'unlimited', but offsets expire after 60 days: a consumer at zero would start over; use an offsetsRetention of 36500 days, offsets.retention.minutes=52560000 of the brokers [EP3002]",
    );
  });

  it.each(['unlimited', 'compacted'] as const)(
    'has its consumers say how far back they read: %s',
    (retention) => {
      const test = on('KafkaCluster');
      test.pubSub.addTopic(OrderPlaced, { retention });
      expect(messageOf(() => test.consumer())).toBe(
        `test/order-processor: topic 'order-placed' has retention '${retention}', and no inbox remembers events for good: set inboxRetention to the age of the oldest event that order-processor is to process, e.g. Duration.days(365), at most 1096 days; older ones go to the quarantine [EP2013]`,
      );
      expect(kept(retention).test.database.inboxRetention.toDays()).toBe(365);
    },
  );

  it.each([
    [Duration.hours(1), '60 minutes'],
    [Duration.days(1097), '1097 days'],
  ])('is remembered within bounds: %s', (inboxRetention, shown) => {
    expect(messageOf(() => on('KafkaCluster').consumer({ inboxRetention }))).toBe(
      `test/order-processor: inboxRetention (${shown}) must be from 1 to 1096 days [EP1001]`,
    );
  });

  it('shows in the table of topics and in AsyncAPI', () => {
    const shown = (retention: 'unlimited' | 'compacted') => {
      const { platform } = kept(retention).test;
      const { bindings } = asyncApi(platform).channels['order-placed'] as {
        bindings: { kafka: { topicConfiguration: unknown } };
      };
      return [topicTable(platform).includes(`| ${retention} |`), bindings.kafka.topicConfiguration];
    };
    expect(shown('unlimited')).toEqual([true, { 'retention.ms': -1 }]);
    expect(shown('compacted')).toEqual([true, { 'cleanup.policy': ['compact'] }]);
  });
});

describe('an object of the broker', () => {
  it.each([
    ['unlimited', { 'cleanup.policy': 'delete', 'retention.ms': -1, 'retention.bytes': -1 }],
    ['compacted', { 'cleanup.policy': 'compact' }],
  ] as const)('of Strimzi has the settings of Kafka: %s', (retention, settings) => {
    const { config } = kept(retention, 'StrimziKafka').test.object('KafkaTopic', 'order-placed')
      .spec as { config: unknown };
    expect(config).toEqual({ ...settings, 'min.insync.replicas': 1 });
  });

  it('of JetStream has no age', () => {
    const script = kept('unlimited', 'NatsJetStream').test.script('nats-streams');
    expect(script).toContain('"max_age":0,');
  });
});

describe('a compacted topic', () => {
  const OrderChanged = defineEvent({ ...OrderPlaced, type: 'com.example.order.changed' });

  function carrying(retention: 'unlimited' | 'compacted') {
    const test = on('KafkaCluster');
    test.pubSub.addTopic(OrderPlaced, { retention });
    test.producer(
      defineApp({
        appId: 'shop',
        description: 'Takes orders.',
        port: 8080,
        publishes: [OrderPlaced, OrderChanged],
      }),
    );
    test.consumer({ inboxRetention: YEAR });
    return messageOf(() => renderPlatform(test.platform));
  }

  it('is refused with several types of events, which would take the place of each other', () => {
    expect(carrying('compacted')).toContain(
      "test/pubsub: topic 'order-placed' has retention 'compacted' and carries 'com.example.order.changed', 'com.example.order.placed', of which Kafka would keep one for each key: give each type a topic of its own, or use 'unlimited' [EP2012]",
    );
    expect(carrying('unlimited')).toBe('nothing was refused');
  });
});
