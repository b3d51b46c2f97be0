import { Parser } from '@asyncapi/parser';
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../charts/systems.ts';
import {
  asyncApi,
  defineApp,
  defineCommand,
  defineEvent,
  EventApp,
  Environment,
  type EventPlatform,
  type EventSchema,
  ExternalKafkaAuthentication,
  type IMessageBroker,
  KafkaCluster,
  KafkaSecurity,
  NatsJetStream,
  RabbitMqCluster,
  RedisStreams,
} from '../internal.ts';
import { inProduction, OrderPlaced, shop, TestPlatform } from '../testing/fixtures.ts';

/** Definitions that refer to each other: their type would have no end. */
const CHANGE: EventSchema = {
  $id: 'https://example.com/order-changed.json',
  type: 'object',
  required: ['customer_id'],
  properties: {
    customer_id: { $ref: '#/definitions/Id', type: 'string', maxLength: 64 },
    parts: { $ref: '#/definitions/Parts' },
    note: { type: 'string', nullable: true },
  },
  definitions: {
    Id: { type: 'string', minLength: 1, maxLength: 64 },
    Parts: { type: 'array', items: { $ref: '#/definitions/Part' } },
    Part: {
      type: 'object',
      properties: { id: { $ref: '#/definitions/Id' }, parts: { $ref: '#/definitions/Parts' } },
    },
  },
};
/** A contract whose key keeps an order, on a topic that it shares. */
const OrderChanged = defineEvent({
  type: 'com.example.order.changed',
  version: '2.1.0',
  topic: 'order-placed',
  key: 'customer_id',
  ordered: true,
  description: 'A customer has changed an order.',
  schema: CHANGE,
});
const changer = defineApp({
  ...{ appId: 'changer', description: 'Changes orders.', port: 8080 },
  publishes: [OrderChanged],
});
const reader = defineApp({
  ...{ appId: 'reader', description: 'Reads orders.', port: 8080 },
  subscribes: [OrderPlaced, OrderChanged],
});

/** A platform with two events in one topic. */
function orders(isReversed = false): EventPlatform {
  const test = new TestPlatform();
  test.pubSub.addTopic(OrderPlaced, { partitions: 6, retention: Duration.days(1) });
  const declare = [
    () => test.producer(),
    () => test.producer(changer),
    () => test.consumer({}, reader),
  ];
  (isReversed ? declare.toReversed() : declare).forEach((each) => each());
  return test.platform;
}

/** What AsyncAPI's own parser finds, but for that there is a newer version. */
async function problemsOf(document: object): Promise<string[]> {
  const { diagnostics } = await new Parser().parse(JSON.stringify(document));
  return diagnostics
    .filter(({ code }) => code !== 'asyncapi-latest-version')
    .map(({ code, message, path }) => `${code} ${message} at ${path.join('/')}`);
}

/** The topics of each system. */
const CHANNELS: Readonly<Record<string, readonly string[]>> = {
  tasks: ['task-created'],
  todo: ['todo-events'],
  traffic: [
    ...['route-events', 'route-health'],
    ...['route-probes', 'route-probes.replies', 'route-probes.urgent'],
  ],
  orders: [
    ...['email-events', 'fulfilment-events', 'inventory-commands', 'inventory-commands.replies'],
    ...['inventory-events', 'order-events', 'payment-commands', 'payment-commands.replies'],
    ...['payment-events', 'shipping-commands', 'shipping-commands.replies', 'shipping-events'],
    'user-events',
  ],
};

describe('asyncApi', () => {
  it.each(PLATFORMS)("is valid for AsyncAPI's own parser: $folder", async ({ declare, system }) => {
    const document = asyncApi(declare());
    expect(await problemsOf(document)).toEqual([]);
    expect(Object.keys(document.channels)).toEqual(CHANNELS[system]);
  });

  it("is valid for AsyncAPI's own parser with several events of a topic and definitions", async () => {
    expect(await problemsOf(asyncApi(orders()))).toEqual([]);
  });

  it('is checked by a parser that sees what is wrong', async () => {
    const document = asyncApi(orders());
    const channels = { 'order-placed': { ...document.channels['order-placed'], address: 5 } };
    expect(await problemsOf({ ...document, channels })).not.toEqual([]);
    const operations = { a: { action: 'send', channel: { $ref: '#/channels/none' } } };
    expect(await problemsOf({ ...document, operations })).not.toEqual([]);
  });

  it('has a channel for each topic, with its events and sizes', () => {
    expect(asyncApi(orders()).channels).toEqual({
      'order-placed': {
        address: 'order-placed',
        description: 'A customer has changed an order. A customer has placed an order.',
        servers: [{ $ref: '#/servers/pubsub' }],
        messages: {
          'com.example.order.changed.v2': {
            $ref: '#/components/messages/com.example.order.changed.v2',
          },
          'com.example.order.placed': { $ref: '#/components/messages/com.example.order.placed' },
        },
        bindings: {
          kafka: {
            topic: 'order-placed',
            partitions: 6,
            replicas: 1,
            topicConfiguration: { 'retention.ms': 86_400_000 },
            bindingVersion: '0.5.0',
          },
        },
      },
    });
  });

  it('says what each app sends and receives', () => {
    const { operations } = asyncApi(orders());
    expect(Object.keys(operations)).toEqual([
      'changer.send.order-placed',
      'reader.receive.order-placed',
      'shop.send.order-placed',
    ]);
    expect(operations['reader.receive.order-placed']).toEqual({
      action: 'receive',
      channel: { $ref: '#/channels/order-placed' },
      summary: 'Reads orders.',
      tags: [{ name: 'reader' }],
      messages: [
        { $ref: '#/channels/order-placed/messages/com.example.order.changed.v2' },
        { $ref: '#/channels/order-placed/messages/com.example.order.placed' },
      ],
    });
  });

  it('has the key, version and order of a contract, and its schema with references that hold', () => {
    const { messages, schemas } = asyncApi(orders()).components;
    const at = '#/components/schemas/com.example.order.changed.v2';
    expect(messages['com.example.order.changed.v2']).toMatchObject({
      contentType: 'application/cloudevents+json',
      payload: {
        properties: { type: { const: 'com.example.order.changed' }, data: { $ref: at } },
      },
      bindings: { kafka: { key: { $ref: `${at}/properties/customer_id` } } },
      'x-event-contract': { version: '2.1.0', key: 'customer_id', ordered: true },
    });
    const { $id, ...schema } = schemas['com.example.order.changed.v2']!;
    expect($id).toBeUndefined();
    expect(schema).toMatchObject({
      properties: {
        note: { type: ['string', 'null'] },
        parts: { $ref: `${at}/definitions/Parts` },
      },
      definitions: { Parts: { items: { $ref: `${at}/definitions/Part` } } },
    });
  });

  it('is the same whatever the order of declaration', () => {
    expect(JSON.stringify(asyncApi(orders(true)))).toBe(JSON.stringify(asyncApi(orders())));
  });

  it('has the version that it is given', () => {
    expect(asyncApi(orders(), { version: '3.2.1' }).info).toMatchObject({ version: '3.2.1' });
  });

  it('leaves out what others know of an imported topic', () => {
    const test = new TestPlatform(inProduction(), (platform) =>
      KafkaCluster.fromBootstrap(platform, 'kafka', {
        bootstrapServers: ['kafka-1.example.com:9093', 'kafka-2.example.com:9093'],
        authentication: ExternalKafkaAuthentication.scramSha512(),
      }),
    );
    test.pubSub.importTopic(OrderPlaced, { partitions: 12 });
    test.consumer();
    const { channels, servers } = asyncApi(test.platform);
    expect(channels['order-placed']).toMatchObject({ bindings: { kafka: { partitions: 12 } } });
    expect(JSON.stringify(channels)).not.toMatch(/replicas|retention/);
    expect(servers).toEqual({
      'pubsub-1': {
        host: 'kafka-1.example.com:9093',
        protocol: 'kafka-secure',
        title: 'Apache Kafka, run elsewhere',
      },
      'pubsub-2': {
        host: 'kafka-2.example.com:9093',
        protocol: 'kafka-secure',
        title: 'Apache Kafka, run elsewhere',
      },
    });
  });

  it.each<[string, (platform: EventPlatform) => IMessageBroker, Environment, string[]]>([
    [
      'Kafka',
      (p) => new KafkaCluster(p, 'b'),
      Environment.local(),
      ['kafka kafka.event-driven.svc.cluster.local:9092'],
    ],
    [
      'Kafka with TLS',
      (p) => new KafkaCluster(p, 'b', { security: KafkaSecurity.scramOverTls() }),
      Environment.local(),
      ['kafka-secure kafka.event-driven.svc.cluster.local:9092'],
    ],
    [
      'RabbitMQ',
      (p) => new RabbitMqCluster(p, 'b'),
      Environment.local(),
      ['amqp rabbitmq.event-driven.svc.cluster.local:5672'],
    ],
    [
      'Redis',
      (p) => new RedisStreams(p, 'b'),
      Environment.local(),
      ['redis redis.event-driven.svc.cluster.local:6379'],
    ],
    [
      'NATS',
      (p) => new NatsJetStream(p, 'b'),
      Environment.local(),
      ['nats nats.event-driven.svc.cluster.local:4222'],
    ],
    ['NATS with accounts', (p) => new NatsJetStream(p, 'b'), inProduction(), []],
  ])('names servers by their public addresses: %s', async (_name, broker, environment, servers) => {
    const test = new TestPlatform(environment, broker);
    test.producer(shop);
    const document = asyncApi(test.platform);
    expect(
      Object.values(document.servers).map(
        ({ protocol, host }) => `${protocol as string} ${host as string}`,
      ),
    ).toEqual(servers);
    expect(await problemsOf(document)).toEqual([]);
  });
});

describe('a command', () => {
  const Charge = defineCommand({
    type: 'com.example.payment.charge',
    version: '1.0.0',
    topic: 'charges',
    key: 'order_id',
    description: 'Asks for money.',
    schema: {
      type: 'object',
      required: ['order_id'],
      properties: { order_id: { type: 'string', maxLength: 64 } },
    },
    reply: {
      schema: {
        type: 'object',
        required: ['charged'],
        properties: { charged: { type: 'boolean' } },
      },
    },
  });

  it('is described with its answer, for who sends and who handles it', async () => {
    const test = new TestPlatform();
    const { platform, pubSub, database } = test;
    const app = (appId: string, manifest: object) =>
      new EventApp(platform, appId, {
        manifest: defineApp({ appId, description: 'Does.', port: 8080, ...manifest }),
        ...{ pubSub, database },
      });
    app('orders', { requests: [Charge], serves: true });
    app('payments', { subscribes: [Charge] });
    const document = asyncApi(platform);
    const reply = {
      channel: { $ref: '#/channels/charges.replies' },
      messages: [{ $ref: '#/channels/charges.replies/messages/com.example.payment.charge.reply' }],
    };
    expect(document.operations['orders.send.charges']).toMatchObject({ reply });
    expect(document.operations['payments.receive.charges']).toMatchObject({ reply });
    expect(document.operations['payments.send.charges.replies']).not.toHaveProperty('reply');
    expect(document.components.messages[Charge.type]).toMatchObject({
      'x-event-contract': { command: true },
    });
    expect(await problemsOf(document)).toEqual([]);
  });
});
