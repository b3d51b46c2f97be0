import { describe, expect, it } from 'vitest';
import {
  CpuScaler,
  DaprStateStore,
  DeadLetterProcessor,
  defineEvent,
  defineApp,
  Environment,
  type EventPlatform,
  ExternalKafkaAuthentication,
  type IEventApp,
  type IMessageBroker,
  KafkaCluster,
  mermaid,
  NatsJetStream,
  platformDiagram,
  type PlatformModel,
  PostgresDatabase,
  RabbitMqCluster,
  readPlatform,
  RedisStreams,
  StateStoreBackend,
  StrimziKafka,
  topicTable,
} from '../internal.ts';
import { OrderPlaced, orderProcessor, shop, TestPlatform } from '../testing/fixtures.ts';
import { parseFlowchart } from '../testing/mermaid.ts';

const OrderShipped = defineEvent({
  ...OrderPlaced,
  type: 'com.example.order.shipped',
  topic: 'order-shipped',
  description: 'An order has left.',
});
const shipper = defineApp({
  appId: 'shipper',
  description: 'Ships orders.',
  port: 8080,
  subscribes: [OrderPlaced],
  publishes: [OrderShipped],
});
const collector = defineApp({ appId: 'collector', description: 'Collects.', port: 8080 });

/** A platform with one of everything that can be drawn, or without the app that publishes, too. */
function everything(options = { shipper: true }): TestPlatform {
  const test = new TestPlatform();
  const { platform, pubSub, database } = test;
  pubSub.addTopic(OrderPlaced, { partitions: 6 });
  new CpuScaler(platform, 'cpu', { target: test.producer(), minReplicas: 2, maxReplicas: 5 });
  const deadLetters = new DeadLetterProcessor(platform, 'collector', {
    manifest: collector,
    pubSub,
    database,
  });
  const processor = test.consumer({ deadLetters, scaling: { lagThreshold: 50 } });
  if (options.shipper) {
    test.consumer({ scaling: false, replicas: 4 }, shipper);
  }
  new DaprStateStore(platform, 'sessions', {
    backend: StateStoreBackend.redis({ host: 'redis.example.com:6379' }),
  }).grantAccess(processor);
  return test;
}

/** Words of all nodes, by group. */
function drawn(platform: EventPlatform): Record<string, string[]> {
  return Object.fromEntries(
    readPlatform(platform).groups.map(({ title, nodes }) => [
      title,
      nodes.map(({ name, details }) => [name, ...details].join(' / ')),
    ]),
  );
}

/** All arrows in words. */
function arrows(platform: EventPlatform): string[] {
  const { groups, edges } = readPlatform(platform);
  const names = new Map(groups.flatMap(({ nodes }) => nodes.map(({ id, name }) => [id, name])));
  return edges.map(({ from, to, kind, eventTypes }) =>
    [names.get(from), kind, ...eventTypes, names.get(to)].join(' '),
  );
}

describe('readPlatform', () => {
  it('finds apps with their pods and scalers, topics with their sizes, and stores', () => {
    expect(drawn(everything().platform)).toEqual({
      Producers: ['shop / 2 to 5 pods / HPA: CPU 70 %'],
      'Apache Kafka': [
        'order-placed / 6 partitions, 1 copy',
        'order-placed.order-processor.dlq',
        'order-placed.shipper.dlq',
        'order-shipped / 3 partitions, 1 copy',
      ],
      Consumers: ['order-processor / 0 to 6 pods / KEDA: lag 50 per pod', 'shipper / 4 pods'],
      'Dead letters': ['collector / 1 pod'],
      Stores: ['event_platform / PostgreSQL', 'sessions / state, in Redis'],
    });
  });

  it('finds who publishes, receives, fails, collects and keeps state, and where', () => {
    expect(arrows(everything().platform)).toEqual([
      'shop publishes com.example.order.placed order-placed',
      'order-placed receives order-processor',
      'order-placed receives shipper',
      'order-placed.order-processor.dlq collects collector',
      'order-processor dead-letters order-placed.order-processor.dlq',
      'order-processor keeps-state-in event_platform',
      'order-processor keeps-state-in sessions',
      'shipper dead-letters order-placed.shipper.dlq',
      'shipper publishes com.example.order.shipped order-shipped',
      'shipper keeps-state-in event_platform',
      'collector keeps-state-in event_platform',
    ]);
  });

  it('says so when least and most pods are the same', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer({ scaling: { minReplicas: 1, maxReplicas: 1 } });
    expect(drawn(test.platform).Consumers).toEqual([
      'order-processor / 1 pod / KEDA: lag 100 per pod',
    ]);
  });

  it.each<[string, (platform: EventPlatform) => IMessageBroker]>([
    ['Apache Kafka', (platform) => new KafkaCluster(platform, 'b')],
    [
      'Apache Kafka, run elsewhere',
      (platform) =>
        KafkaCluster.fromBootstrap(platform, 'b', {
          bootstrapServers: ['kafka.example.com:9092'],
          authentication: ExternalKafkaAuthentication.mskIam({ region: 'eu-central-1' }),
        }),
    ],
    ['Apache Kafka by Strimzi', (platform) => new StrimziKafka(platform, 'b')],
    ['RabbitMQ', (platform) => new RabbitMqCluster(platform, 'b')],
    ['Redis Streams', (platform) => new RedisStreams(platform, 'b')],
    ['NATS JetStream', (platform) => new NatsJetStream(platform, 'b')],
  ])('names the broker: %s', (kind, broker) => {
    const test = new TestPlatform(Environment.local(), broker);
    test.producer();
    expect(Object.keys(drawn(test.platform))).toEqual(['Producers', kind, 'Stores']);
  });

  it('calls a broker by its id when it does not say what it is', () => {
    const test = new TestPlatform();
    test.producer();
    Object.assign(test.broker, { kind: undefined });
    expect(drawn(test.platform)).toHaveProperty('kafka');
  });

  it('draws an app that somebody else wrote by what it may do', () => {
    const { platform, pubSub } = new TestPlatform();
    const foreign = (appId: string) => {
      const manifest = { ...shop, appId };
      return Object.assign(new PostgresDatabase(platform, appId, { name: appId }), {
        manifest,
        appId,
        serviceAccountName: appId,
        allowEgress: () => undefined,
        addSidecarSecret: () => undefined,
        addSidecarFile: () => undefined,
      }) as IEventApp;
    };
    const topic = pubSub.topicOf(OrderPlaced);
    const reader = foreign('reader');
    topic.grantPublish(foreign('writer'));
    topic.grantSubscribe(reader);
    topic.grantCollect(foreign('sweeper'), reader);
    expect(drawn(platform)).toMatchObject({
      Producers: ['writer'],
      Consumers: ['reader'],
      'Dead letters': ['sweeper'],
    });
  });

  it('gives every node an id of its own', () => {
    const { platform, pubSub } = new TestPlatform();
    for (const topic of ['a.b', 'a-b']) {
      pubSub.addTopic({ ...OrderPlaced, topic, type: `com.example.of-${topic}` });
    }
    const ids = readPlatform(platform).groups.flatMap(({ nodes }) => nodes.map(({ id }) => id));
    expect(ids).toEqual(['topic_a_b', 'topic_a_b_2', 'store_event_platform']);
  });
});

describe('platformDiagram', () => {
  it('is what Mermaid understands', async () => {
    const { labels, groups, edges } = await parseFlowchart(platformDiagram(everything().platform));
    expect([...labels.values()]).toContain(
      'order-processor<br/>0 to 6 pods<br/>KEDA: lag 50 per pod',
    );
    expect(groups.get('Consumers')).toEqual(
      expect.arrayContaining(['consumer_order_processor', 'consumer_shipper']),
    );
    expect(groups.get('Apache Kafka')).toEqual(['topic_order_placed', 'topic_order_shipped']);
    expect(groups.get('Dead letters')).toEqual(
      expect.arrayContaining([
        'dead_letter_topic_order_placed_shipper_dlq',
        'dead_letter_processor_collector',
      ]),
    );
    expect(edges).toHaveLength(arrows(everything().platform).length);
    expect(edges).toContainEqual([
      'shop<br/>2 to 5 pods<br/>HPA: CPU 70 %',
      'order-placed<br/>6 partitions, 1 copy',
      'com.example.order.placed',
    ]);
  });

  it('is the same for the same platform, whatever the order of declaration', () => {
    expect(platformDiagram(everything().platform)).toBe(platformDiagram(everything().platform));
    const one = new TestPlatform();
    one.producer();
    one.consumer();
    one.consumer({}, { ...orderProcessor, appId: 'another' });
    const other = new TestPlatform();
    other.consumer({}, { ...orderProcessor, appId: 'another' });
    other.consumer();
    other.producer();
    expect(platformDiagram(one.platform)).toBe(platformDiagram(other.platform));
  });

  it('shows each app, topic and dead-letter topic, and nothing of an app that is gone', async () => {
    const names = async (test: TestPlatform) =>
      [...(await parseFlowchart(platformDiagram(test.platform))).labels.values()]
        .map((label) => label.split('<br/>')[0])
        .sort();
    const rest = [
      'collector',
      'event_platform',
      'order-placed',
      'order-placed.order-processor.dlq',
      'order-processor',
      'sessions',
      'shop',
    ];
    expect(await names(everything())).toEqual(
      [...rest, 'order-placed.shipper.dlq', 'order-shipped', 'shipper'].sort(),
    );
    expect(await names(everything({ shipper: false }))).toEqual(rest);
  });

  it('draws a platform with a broker alone', async () => {
    const { labels, edges } = await parseFlowchart(platformDiagram(new TestPlatform().platform));
    expect([...labels.values()]).toEqual(['event_platform<br/>PostgreSQL']);
    expect(edges).toEqual([]);
  });

  it('keeps names that mean something to Mermaid', async () => {
    const names = [
      'a "quoted" [b] |c| {d} (e)',
      'end',
      '`f` #35; <b>&amp;',
      '--> g; %% h\ni',
      'ü—中',
    ];
    const model: PlatformModel = {
      groups: [
        {
          id: 'group_1',
          title: 'end "of" [all]',
          nodes: names.map((name, place) => ({
            id: `n${place}`,
            kind: place === 0 ? 'store' : 'topic',
            name,
            details: [],
          })),
        },
      ],
      edges: [{ from: 'n0', to: 'n1', kind: 'publishes', eventTypes: ['a|b', '"c"'] }],
    };
    const { labels, groups, edges } = await parseFlowchart(mermaid(model));
    expect([...labels.values()]).toEqual(names.map((name) => name.replace('\n', ' ')));
    expect([...groups.keys()]).toEqual(['end "of" [all]']);
    expect(edges).toEqual([[names[0], names[1], 'a|b, "c"']]);
  });

  it('is the whole of a platform', () => {
    expect(platformDiagram(everything().platform)).toMatchSnapshot();
  });
});

describe('topicTable', () => {
  it('has a row for each topic', () => {
    expect(topicTable(everything().platform).split('\n')).toEqual([
      '| topic | key | partitions | copies | retention | published by | received by | dead letters |',
      '| --- | --- | --- | --- | --- | --- | --- | --- |',
      '| order-placed | customer_id | 6 | 1 | 7 days | shop | order-processor<br/>shipper | order-placed.order-processor.dlq, 28 days<br/>order-placed.shipper.dlq, 28 days |',
      '| order-shipped | customer_id | 3 | 1 | 7 days | shipper |  |  |',
      '',
    ]);
  });

  it('keeps its columns whatever is in them', () => {
    const { platform, pubSub } = new TestPlatform();
    const schema = {
      type: 'object',
      required: ['a|b'],
      properties: { 'a|b': { type: 'string', format: 'uuid' } },
    } as const;
    pubSub.addTopic({ ...OrderPlaced, schema, key: 'a|b' });
    expect(topicTable(platform)).toContain('| order-placed | a\\|b | 3 |');
  });
});
