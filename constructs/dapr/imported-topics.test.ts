import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { ExternalKafkaAuthentication as Authentication } from '../broker/external-kafka/external-authentication.ts';
import type { ExternalKafka } from '../broker/external-kafka/external-kafka.ts';
import type { ExternalKafkaOptions } from '../broker/external-kafka/external-options.ts';
import {
  type IMessageBroker,
  type EventPlatform,
  KafkaCluster,
  NatsJetStream,
  RabbitMqCluster,
  RedisStreams,
  StrimziKafka,
  type ImportTopicOptions,
} from '../index.ts';
import { longestRetention } from '../messaging/topic-policies.ts';
import { readPlatform, topicTable } from '../outputs/index.ts';
import { OrderPlaced, orderProcessor, TestPlatform } from '../testing/fixtures.ts';
import { production, SERVERS, trigger } from '../testing/external-kafka.ts';
import { manifestProblems } from '../testing/manifest-problems.ts';

const DEAD_LETTERS = 'order-placed.order-processor.dlq';

/** A platform on a Kafka that others share. */
function shared(options: Partial<ExternalKafkaOptions> = {}): TestPlatform<ExternalKafka> {
  return new TestPlatform(production, (platform) =>
    KafkaCluster.fromBootstrap(platform, 'kafka', {
      bootstrapServers: SERVERS,
      authentication: Authentication.scramSha512(),
      ...options,
    }),
  );
}

/** A platform that receives a topic which others provide, and publishes nothing. */
function receiving(
  options: ImportTopicOptions = {},
  kafka: Partial<ExternalKafkaOptions> = {},
): TestPlatform<ExternalKafka> {
  const test = shared(kafka);
  test.pubSub.importTopic(OrderPlaced, options);
  test.consumer();
  return test;
}

describe('an imported topic', () => {
  it('needs no publisher of the platform', () => {
    const test = receiving();
    expect(manifestProblems(test.objects())).toEqual([]);
    expect(test.pubSub.findTopic('order-placed')).toMatchObject({
      imported: true,
      publishers: [],
      subscribers: ['order-processor'],
    });
  });

  it('may carry types that no manifest of the platform lists, beside a publisher of the platform', () => {
    const changed = { ...OrderPlaced, type: 'com.example.order.changed' };
    const received = (declare: (test: TestPlatform<ExternalKafka>) => unknown) => {
      const test = shared();
      declare(test);
      test.producer();
      test.consumer({}, { ...orderProcessor, appId: 'other', subscribes: [changed] });
      return () => test.objects();
    };
    expect(received(({ pubSub }) => pubSub.importTopic(OrderPlaced))).not.toThrow();
    expect(received(({ pubSub }) => pubSub.addTopic(OrderPlaced))).toThrow(
      "event 'com.example.order.changed' is received by other",
    );
  });

  it('is not provisioned, while the dead letters of its receivers are', () => {
    const script = receiving({ partitions: 6 }, { topics: 'provisioned' }).script('kafka-topics');
    expect(script.split('\n').filter((line) => line.startsWith('ensure_topic '))).toEqual([
      `ensure_topic ${DEAD_LETTERS} 6 3 retention.ms=2419200000 min.insync.replicas=2`,
    ]);
    const { broker } = receiving();
    expect(broker.topics.map(({ name }) => name)).toEqual([DEAD_LETTERS]);
    expect(broker.importedTopics.map(({ name }) => name)).toEqual(['order-placed']);
  });

  it('gives its dead letters the retention that is declared, or four times its own', () => {
    const days = (options: ImportTopicOptions) =>
      longestRetention(receiving(options).broker.topics[0]!.retention).toDays();
    expect(days({ retention: Duration.days(2) })).toBe(8);
    expect(days({ deadLetterRetention: Duration.days(3) })).toBe(3);
  });

  it('is among the rights and scopes of apps', () => {
    const test = receiving();
    test.producer();
    expect(test.broker.grants).toEqual([
      {
        client: 'order-processor',
        serviceAccount: 'order-processor',
        publishes: [DEAD_LETTERS],
        receives: ['order-placed'],
        group: 'event-driven.order-processor',
      },
      {
        client: 'shop',
        serviceAccount: 'shop',
        publishes: ['order-placed'],
        receives: [],
        group: 'event-driven.shop',
      },
    ]);
    const { metadata } = test.object('Component', 'pubsub').spec;
    expect(metadata).toEqual(
      expect.arrayContaining([
        { name: 'allowedTopics', value: `order-placed,${DEAD_LETTERS}` },
        {
          name: 'publishingScopes',
          value: `order-processor=${DEAD_LETTERS};shop=order-placed`,
        },
        { name: 'subscriptionScopes', value: 'order-processor=order-placed;shop=' },
      ]),
    );
  });

  it('is scaled by, exported and watched', () => {
    const test = receiving();
    expect(trigger(test).metadata).toMatchObject({
      topic: 'order-placed',
      consumerGroup: 'event-driven.order-processor',
    });
    const { args } = test.object('Deployment', 'kafka-exporter').spec.template.spec.containers[0];
    expect(args).toContain('--topic.filter=^(order-placed|order-placed\\.order-processor\\.dlq)$');
    expect(test.alert('ConsumerLagHigh').expr).toContain('topic="order-placed"');
    expect(test.alert('ConsumerStalled').expr).toContain('topic="order-placed"');
  });

  it('limits pods by its partitions', () => {
    const maxPods = (options: ImportTopicOptions) =>
      receiving(options).object('ScaledObject', 'order-processor').spec.maxReplicaCount as number;
    expect(maxPods({})).toBe(3);
    expect(maxPods({ partitions: 12 })).toBe(12);
    const test = shared();
    test.pubSub.importTopic(OrderPlaced, { partitions: 2 });
    expect(() => test.consumer({ scaling: { maxReplicas: 3 } })).toThrow(
      "maxReplicas (3) exceeds the 2 partitions of topic 'order-placed'",
    );
  });

  it('is drawn and listed as imported', () => {
    const { platform } = receiving();
    const { groups } = readPlatform(platform);
    expect(groups.flatMap(({ nodes }) => nodes)).toContainEqual({
      id: 'topic_order_placed',
      kind: 'topic',
      name: 'order-placed',
      details: ['3 partitions, imported'],
    });
    expect(topicTable(platform)).toContain(
      '| order-placed | customer_id | 3 | imported | 7 days |  | order-processor |',
    );
  });

  it('is refused where another construct describes the event in another way', () => {
    const test = shared();
    test.producer();
    expect(() => test.pubSub.importTopic({ ...OrderPlaced, topic: 'orders' })).toThrow(
      "test/pubsub: event 'com.example.order.placed' differs from what 'test/shop' uses in topic ('orders' and 'order-placed')",
    );
  });

  it('is refused beside a topic of its name, whichever comes first and whatever the pub/sub', () => {
    const added = shared();
    added.pubSub.addTopic(OrderPlaced);
    expect(() => added.pubSub.importTopic(OrderPlaced)).toThrow(
      "test/pubsub: topic 'order-placed' is declared already: call importTopic once, before the apps that use it",
    );
    const imported = shared();
    imported.pubSub.importTopic(OrderPlaced);
    expect(() => imported.pubSub.addTopic(OrderPlaced)).toThrow(
      "test/pubsub: topic 'order-placed' is declared already: call addTopic once",
    );
    expect(() => imported.broker.addTopic(imported.broker.importedTopics[0]!)).toThrow(
      "test/kafka: topic 'order-placed' is declared twice: declare it once",
    );
  });

  it.each<[ImportTopicOptions, string]>([
    [{ partitions: 0 }, 'partitions (0) must be a whole number of at least 1'],
    [{ retention: Duration.millis(0) }, "topic 'order-placed': retention (0 s) is too short"],
    [{ replicationFactor: 3 } as ImportTopicOptions, "'replicationFactor' is not known"],
  ])('is refused with %o', (options, message) => {
    expect(() => shared().pubSub.importTopic(OrderPlaced, options)).toThrow(message);
  });

  it('is refused where its events are larger than sidecars take', () => {
    expect(() => receiving({ maxMessageSize: Size.mebibytes(2) }).objects()).toThrow(
      "test/kafka: topic 'order-placed': maxMessageSize (2048 KiB) exceeds the broker's (1024 KiB)",
    );
  });

  it.each<[string, (platform: EventPlatform) => IMessageBroker]>([
    ['KafkaCluster', (platform) => new KafkaCluster(platform, 'broker')],
    ['StrimziKafka', (platform) => new StrimziKafka(platform, 'broker')],
    ['RabbitMqCluster', (platform) => new RabbitMqCluster(platform, 'broker')],
    ['RedisStreams', (platform) => new RedisStreams(platform, 'broker')],
    ['NatsJetStream', (platform) => new NatsJetStream(platform, 'broker')],
  ])("is refused by a broker that is the platform's alone: %s", (_kind, broker) => {
    expect(() => new TestPlatform(production, broker).pubSub.importTopic(OrderPlaced)).toThrow(
      "test/pubsub: topic 'order-placed' cannot be imported: broker 'test/broker' is the platform's alone, so nobody else provisions topics there; use addTopic, or KafkaCluster.fromBootstrap for a Kafka that is shared",
    );
  });
});
