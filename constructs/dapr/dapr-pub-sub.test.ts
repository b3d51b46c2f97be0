import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import type { IMessageBroker, PubSubBinding } from '../messaging/index.ts';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import type { Problem } from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from '../core/index.ts';
import { Environment, EventPlatform, renderPlatform } from '../platform/index.ts';
import { OrderPlaced, orderProcessor, shop, TestPlatform } from '../testing/fixtures.ts';
import { App, Duration, Size } from 'cdk8s';
import { EventProducer } from '../apps/index.ts';
import { setting } from '../messaging/component-metadata.ts';
import { DaprConfiguration } from './dapr-configuration.ts';
import { DaprPubSub } from './dapr-pub-sub.ts';

/** A broker of no kind, whose component has whatever settings a test wants. */
class StubBroker extends Construct implements IMessageBroker {
  public readonly topicDefaults = {
    partitions: 1,
    replicationFactor: 1,
    minInSyncReplicas: 1,
    retention: Duration.days(1),
  };
  public readonly maxMessageSize = Size.mebibytes(1);
  public readonly peer = { ports: [1234] };
  readonly #binding: PubSubBinding;

  public constructor(scope: Construct, metadata: PubSubBinding['metadata']) {
    super(scope, 'broker');
    this.#binding = { type: 'pubsub.stub', version: 'v1', metadata };
  }

  public addTopic(): void {
    // Keeps nothing: topics of a stub are not provisioned.
  }

  public readonly deliversInBulk = true;

  public grantPublish(): void {
    // Admits everybody.
  }

  public grantSubscribe(): void {
    // Admits everybody.
  }

  public keyOrderProblem(): undefined {
    return undefined;
  }

  public pubSubBinding(): PubSubBinding {
    return this.#binding;
  }

  public lagTrigger() {
    return { type: 'stub', metadata: {} };
  }

  public lagQuery(): string {
    return '0';
  }

  public growthQuery(): string {
    return '0';
  }
}

function stubbed(metadata: PubSubBinding['metadata']): EventPlatform {
  const platform = new EventPlatform(new App(), 'test', { environment: Environment.local() });
  const pubSub = new DaprPubSub(platform, 'pubsub', {
    broker: new StubBroker(platform, metadata),
  });
  new DaprConfiguration(platform, 'event-platform');
  new EventProducer(platform, 'shop', { manifest: shop, pubSub });
  return platform;
}

const ReturnRequested = defineEvent({
  type: 'com.example.return.requested',
  version: '1.0.0',
  topic: 'return-requested',
  key: 'order_id',
  description: 'A customer wants to return an order.',
  schema: {
    type: 'object',
    required: ['order_id'],
    properties: { order_id: { type: 'string', format: 'uuid' } },
  },
});

function scopes(test: TestPlatform): Record<string, string | undefined> {
  const settings = test.object('Component', 'pubsub').spec.metadata as {
    name: string;
    value?: string;
  }[];
  return Object.fromEntries(
    settings
      .filter(({ name }) => /Scopes$|Topics$/.test(name))
      .map(({ name, value }) => [name, value]),
  );
}

describe('DaprPubSub', () => {
  it('refuses {namespace} in a setting, which would rename topics', () => {
    expect(() =>
      renderPlatform(stubbed([setting('consumerGroup', '{namespace}.{appID}')])),
    ).toThrow(
      "test/pubsub: setting 'consumerGroup' has '{namespace}' in it, which makes Dapr prefix the names of topics: write the namespace out",
    );
    expect(() => renderPlatform(stubbed([setting('consumerGroup', '{appID}')]))).not.toThrow();
  });

  it('has nothing against a Secret, whose value nobody reads here', () => {
    const secretKeyRef = { name: 'namespace', key: 'namespace' };
    expect(() => renderPlatform(stubbed([{ name: 'password', secretKeyRef }]))).not.toThrow();
  });

  it('takes type, version and settings from the broker alone', () => {
    const objects = renderPlatform(stubbed([setting('host', 'h')])).flatMap((l) => l.objects);
    expect(objects.find(({ kind }) => kind === 'Component')).toMatchObject({
      metadata: { name: 'pubsub' },
      spec: {
        type: 'pubsub.stub',
        version: 'v1',
        metadata: [{ name: 'host', value: 'h' }, {}, {}, {}, {}],
      },
    });
  });

  it('refuses a name that is none', () => {
    const { platform, broker } = new TestPlatform();
    expect(() => new DaprPubSub(platform, 'other', { broker, name: 'Pub Sub' })).toThrow(
      "test/other: name 'Pub Sub' is not a DNS label: use a-z, 0-9 and '-'",
    );
  });

  it('lists each app once, with each of its topics and no other', () => {
    const test = new TestPlatform();
    test.producer();
    test.producer(defineApp({ ...shop, appId: 'returns', publishes: [ReturnRequested] }));
    test.consumer();
    test.consumer(
      {},
      defineApp({
        ...orderProcessor,
        appId: 'archive',
        subscribes: [OrderPlaced, ReturnRequested],
        migrations: [],
      }),
    );
    expect(scopes(test)).toEqual({
      allowedTopics:
        'order-placed,order-placed.archive.dlq,order-placed.order-processor.dlq,return-requested,return-requested.archive.dlq',
      protectedTopics:
        'order-placed,order-placed.archive.dlq,order-placed.order-processor.dlq,return-requested,return-requested.archive.dlq',
      publishingScopes:
        'archive=order-placed.archive.dlq,return-requested.archive.dlq;order-processor=order-placed.order-processor.dlq;returns=return-requested;shop=order-placed',
      subscriptionScopes:
        'archive=order-placed,return-requested;order-processor=order-placed;returns=;shop=',
    });
    expect(test.object('Component', 'pubsub').scopes).toEqual([
      'archive',
      'order-processor',
      'returns',
      'shop',
    ]);
  });

  it('renders the same, in whatever order apps are declared', () => {
    const forwards = new TestPlatform();
    forwards.producer();
    forwards.consumer();
    const backwards = new TestPlatform();
    backwards.consumer();
    backwards.producer();
    expect(backwards.object('Component', 'pubsub')).toEqual(forwards.object('Component', 'pubsub'));
  });

  it('names every topic that nobody publishes to, with its receivers and its events', () => {
    const test = new TestPlatform();
    test.consumer();
    test.consumer(
      {},
      defineApp({
        ...orderProcessor,
        appId: 'archive',
        subscribes: [OrderPlaced, ReturnRequested],
      }),
    );
    expect(() => test.objects()).toThrow(
      new DeclarationError(
        test.platform,
        "cannot be rendered:\n- test/pubsub: topic 'order-placed' is received by archive, order-processor, and nothing publishes to it: declare an EventProducer whose manifest lists 'com.example.order.placed' [EP2004]\n- test/pubsub: topic 'return-requested' is received by archive, and nothing publishes to it: declare an EventProducer whose manifest lists 'com.example.return.requested' [EP2004]" as Problem,
      ),
    );
  });

  it('has nothing against a topic that nobody receives yet', () => {
    const test = new TestPlatform();
    test.producer();
    expect(() => test.objects()).not.toThrow();
    expect(test.pubSub.topics.map(({ name }) => name)).toEqual(['order-placed']);
  });

  it('refuses sizes of a topic that an app has declared by using it', () => {
    const test = new TestPlatform();
    test.producer();
    expect(() => test.pubSub.addTopic(OrderPlaced, { partitions: 6 })).toThrow(
      "test/pubsub: topic 'order-placed' is declared already: call addTopic once, before the apps that use it",
    );
  });

  it('gives one topic to contracts that share it', () => {
    const { pubSub, broker } = new TestPlatform();
    const topic = pubSub.topicOf(OrderPlaced);
    const shared = { ...OrderPlaced, type: 'com.example.order.changed' };
    expect(pubSub.topicOf(shared)).toBe(topic);
    expect(topic.contracts.map(({ type }) => type)).toEqual([
      'com.example.order.placed',
      'com.example.order.changed',
    ]);
    expect(broker.topics).toHaveLength(1);
  });

  it('refuses a component that no app uses, with topics or without', () => {
    for (const topics of [[], [OrderPlaced]]) {
      const test = new TestPlatform();
      const { pubSub } = test;
      topics.forEach((contract) => pubSub.addTopic(contract));
      expect(() => test.objects()).toThrow(
        'test/pubsub/component: scopes ([]) has every app load it',
      );
    }
  });
});
