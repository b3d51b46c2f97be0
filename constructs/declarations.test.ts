/** What declarations say about each other, and what they are told when they do not agree. */
import { describe, expect, it } from 'vitest';
import {
  CpuScaler,
  DaprPubSub,
  DeadLetterProcessor,
  defineEvent,
  defineApp,
  type EventContract,
  EventProducer,
  type EventSchema,
  IdempotentConsumer,
} from './index.ts';
import { OrderPlaced, orderProcessor, shop, TestPlatform } from './testing/fixtures.ts';

const image = { description: 'Part of a test.', port: 8080 };
const OrderShipped = defineEvent({
  ...OrderPlaced,
  type: 'com.example.order.shipped',
  topic: 'order-shipped',
});
const cleaner = defineApp({ ...image, appId: 'cleaner' });

function deadLetters(test: TestPlatform, replicas = 1): DeadLetterProcessor {
  const { platform, pubSub, database } = test;
  const manifest = cleaner;
  return new DeadLetterProcessor(platform, 'cleaner', { manifest, pubSub, database, replicas });
}

describe('contracts of one type', () => {
  const longer: EventSchema = {
    type: 'object',
    required: ['order_id', 'customer_id'],
    properties: { order_id: { type: 'string' }, customer_id: { type: 'string', maxLength: 65 } },
  };

  it.each<[Partial<EventContract>, string]>([
    [{ topic: 'orders' }, "topic ('orders' and 'order-placed')"],
    [{ ordered: true }, 'ordered (true and false)'],
    [{ schema: longer }, 'schema (at #/properties/customer_id/maxLength)'],
    [
      { schema: { ...longer, properties: { ...longer.properties, note: { type: 'string' } } } },
      'schema (at #/properties/customer_id/maxLength)',
    ],
    [
      { topic: 'orders', schema: longer },
      "topic ('orders' and 'order-placed'), schema (at #/properties/customer_id/maxLength)",
    ],
  ])('are refused when they differ: %o', (change, differences) => {
    const other: EventContract = { ...OrderPlaced, ...change };
    const problem = (path: string, of: string, what = differences) =>
      `${path}: event 'com.example.order.placed' differs from what '${of}' uses in ${what}: use one contract in all apps of the platform`;
    const test = new TestPlatform();
    test.producer();
    expect(() => test.consumer({}, defineApp({ ...orderProcessor, subscribes: [other] }))).toThrow(
      problem('test/order-processor', 'test/shop'),
    );
    expect(() =>
      test.producer(defineApp({ ...shop, appId: 'market', publishes: [other] })),
    ).toThrow(problem('test/market', 'test/shop'));
    expect(() => test.pubSub.topicOf(other)).toThrow(problem('test/pubsub', 'test/shop'));
    // What was refused has not declared anything.
    const { platform, pubSub, database } = test;
    const manifest = orderProcessor;
    new IdempotentConsumer(platform, 'right', { manifest, pubSub, database });
    expect(() => test.objects()).not.toThrow();
  });

  it('are refused on two pub/subs of a platform, too', () => {
    const test = new TestPlatform();
    const { platform, broker } = test;
    test.producer();
    const pubSub = new DaprPubSub(platform, 'other', { broker });
    const publishes = [{ ...OrderPlaced, schema: longer }];
    const manifest = defineApp({ ...shop, appId: 'market', publishes });
    expect(() => new EventProducer(platform, 'market', { manifest, pubSub })).toThrow(
      /test\/market: event .* differs from what 'test\/shop' uses in schema/,
    );
  });

  it('may be described in other words, and written in another order', () => {
    const { type, properties, required } = OrderPlaced.schema;
    const same: EventContract = {
      ...OrderPlaced,
      description: 'Somebody has bought something.',
      ordered: false,
      schema: { required: [...required!], properties: { ...properties }, type },
    };
    const test = new TestPlatform();
    test.producer();
    test.consumer({}, defineApp({ ...orderProcessor, subscribes: [same] }));
    expect(() => test.objects()).not.toThrow();
  });

  it('are refused in one image', () => {
    const other = { ...OrderPlaced, version: '1.1.0' };
    expect(() =>
      defineApp({ ...image, appId: 'both', publishes: [OrderPlaced], subscribes: [other] }),
    ).toThrow(
      "subscribes and publishes have two contracts of 'com.example.order.placed', which differ in version ('1.1.0' and '1.0.0'): use one",
    );
    expect(() =>
      defineApp({ ...image, appId: 'twice', publishes: [OrderPlaced, OrderPlaced] }),
    ).toThrow("publishes lists 'com.example.order.placed' twice in version 1: keep one");
  });
});

describe('an event that nobody publishes', () => {
  const OrderMoved = defineEvent({ ...OrderPlaced, type: 'com.example.order.moved' });

  it('is refused on a topic that carries others', () => {
    const test = new TestPlatform();
    test.producer();
    for (const appId of ['mover', 'archive']) {
      const subscribes = [OrderPlaced, OrderMoved];
      test.consumer({}, defineApp({ ...image, appId, subscribes }));
    }
    expect(() => test.objects()).toThrow(
      "test/pubsub: event 'com.example.order.moved' is received by archive, mover, and of those that publish to topic 'order-placed' (shop) no manifest lists it: list it under 'publishes' of one, or take it from 'subscribes'",
    );
  });

  it('is accepted once a producer or a consumer publishes it', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer({}, defineApp({ ...image, appId: 'mover', subscribes: [OrderMoved] }));
    test.consumer({}, { ...orderProcessor, publishes: [OrderMoved] });
    expect(() => test.objects()).not.toThrow();
  });
});

describe('what an app is', () => {
  it('a producer that subscribes is refused, and told what to use', () => {
    const manifest = defineApp({ ...shop, subscribes: [OrderShipped] });
    expect(() => new TestPlatform().producer(manifest)).toThrow(
      "test/shop: app manifest 'shop' subscribes to 'com.example.order.shipped', and an EventProducer receives nothing: use EventService, which takes requests and receives events, or IdempotentConsumer",
    );
  });

  it.each([{ publishes: [OrderPlaced] }, { subscribes: [OrderPlaced] }])(
    'a dead-letter processor with events is refused: %#',
    (events) => {
      const { platform, pubSub, database } = new TestPlatform();
      const manifest = defineApp({ ...cleaner, ...events });
      expect(
        () => new DeadLetterProcessor(platform, 'cleaner', { manifest, pubSub, database }),
      ).toThrow(
        "test/cleaner: app manifest 'cleaner' publishes or subscribes to 'com.example.order.placed', and a DeadLetterProcessor does neither: use IdempotentConsumer or EventProducer for them",
      );
    },
  );

  it('a consumer that publishes has rights, sizes and alerts, and is woken by its outbox', () => {
    const test = new TestPlatform();
    test.producer();
    const consumer = test.consumer({}, defineApp({ ...orderProcessor, publishes: [OrderShipped] }));
    expect(test.pubSub.topicOf(OrderShipped).publishers).toEqual(['order-processor']);
    const { metadata } = test.object('Component', 'pubsub').spec as {
      metadata: { name: string; value: string }[];
    };
    expect(metadata.find(({ name }) => name === 'publishingScopes')?.value).toContain(
      'order-processor=order-placed.order-processor.dlq,order-shipped',
    );
    const [container] = test.object('Deployment', 'order-processor').spec.template.spec.containers;
    expect(container.env).toContainEqual({
      name: 'MAX_EVENT_BYTES',
      value: '{"order-shipped":1048576}',
    });
    for (const alert of ['OutboxStuck', 'OutboxEventsSetAside', 'PublishErrors']) {
      expect(test.alerts(alert).map(({ labels }) => labels.producer)).toContain('order-processor');
    }
    expect(test.alert('OutboxStuck').expr).toContain('job="event-driven/order-processor"');
    expect(consumer.scaler?.minReplicas).toBe(0);
    const { triggers } = test.object('ScaledObject', 'order-processor').spec as {
      triggers: { type: string; metadata: { query?: string } }[];
    };
    expect(triggers.at(-1)!.metadata.query).toBe("SELECT due_work('order-processor')");
    const spec = test.object('Resiliency', 'order-processor-resiliency').spec;
    expect(spec.targets.components.pubsub).toEqual({
      outbound: { retry: 'publish', timeout: 'publish' },
      inbound: { retry: 'deliver' },
    });
  });

  it('a consumer that publishes nothing has no alert on an outbox', () => {
    const test = new TestPlatform();
    test.producer();
    expect(test.consumer().publishingAlerts).toBeUndefined();
    expect(test.alerts('OutboxStuck')).toEqual([]);
  });
});

describe('more pods than partitions are refused', () => {
  const idle = (what: string, pods: number) =>
    `${what} (${pods}) exceeds the 3 partitions of topic 'order-placed': consumers beyond the partition count stay idle; use at most 3, or raise partitions`;

  it('as replicas without a scaler', () => {
    expect(() => new TestPlatform().consumer({ replicas: 5, scaling: false })).toThrow(
      `test/order-processor: ${idle('replicas', 5)}`,
    );
    const test = new TestPlatform();
    test.pubSub.addTopic(OrderPlaced, { partitions: 1 });
    expect(test.consumer({ scaling: false }).replicas).toBe(1);
  });

  it('as bounds of a scaler', () => {
    expect(() => new TestPlatform().consumer({ scaling: { maxReplicas: 4 } })).toThrow(
      idle('maxReplicas', 4),
    );
    const test = new TestPlatform();
    const target = test.consumer({ scaling: false });
    expect(() => new CpuScaler(test.platform, 'ten', { target, maxReplicas: 10 })).toThrow(
      `test/ten: ${idle('maxReplicas', 10)}`,
    );
    expect(new CpuScaler(test.platform, 'cpu', { target })).toMatchObject({
      minReplicas: 2,
      maxReplicas: 3,
    });
  });

  it('of a dead-letter processor', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer({ deadLetters: deadLetters(test, 5) });
    expect(() => test.objects()).toThrow(`test/cleaner: ${idle('replicas', 5)}`);
    const scaled = new TestPlatform();
    scaled.producer();
    const target = deadLetters(scaled);
    new CpuScaler(scaled.platform, 'cpu', { target, maxReplicas: 4 });
    scaled.consumer({ deadLetters: target });
    expect(() => scaled.objects()).toThrow(`test/cpu: ${idle('maxReplicas', 4)}`);
  });
});

it('dead letters of another pub/sub are refused', () => {
  const test = new TestPlatform();
  const { platform, broker } = test;
  const pubSub = new DaprPubSub(platform, 'other', { broker });
  expect(() => test.consumer({ pubSub, deadLetters: deadLetters(test) })).toThrow(
    "test/order-processor: deadLetters 'test/cleaner' collects from pub/sub 'test/pubsub', and the dead letters are in 'test/other': give it a DeadLetterProcessor with the same pub/sub",
  );
});
