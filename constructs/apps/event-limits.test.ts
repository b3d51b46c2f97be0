import { Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { defineEvent, defineApp, type EventContract } from '@cdk8s-event-platform/contracts';
import { Environment, RedisStreams } from '../index.ts';
import { OrderPlaced, orderProcessor, shop, TestPlatform } from '../testing/fixtures.ts';
import { AppWorkload } from './app-workload.ts';

const OrderPaid = defineEvent({
  ...OrderPlaced,
  type: 'com.example.order.paid',
  topic: 'order-paid',
});
/** Shares a topic. */
const OrderMoved = defineEvent({ ...OrderPlaced, type: 'com.example.order.moved' });

const publisher = (...publishes: EventContract[]) => defineApp({ ...shop, publishes });

/** Value of an app's variable; undefined when the app does not have it. */
function limitsOf(test: Pick<TestPlatform, 'object'>, appId = 'shop'): unknown {
  const [container] = test.object('Deployment', appId).spec.template.spec.containers;
  const { env } = container as { env: { name: string; value?: string }[] };
  return env.find(({ name }) => name === 'MAX_EVENT_BYTES')?.value;
}

describe('MAX_EVENT_BYTES', () => {
  it("is the broker's limit of each topic that the app publishes to, sorted", () => {
    const test = new TestPlatform(Environment.local(), { maxMessageSize: Size.mebibytes(2) });
    test.producer(publisher(OrderPlaced, OrderMoved, OrderPaid));
    expect(limitsOf(test)).toBe('{"order-paid":2097152,"order-placed":2097152}');
  });

  it("is the topic's limit where it has one", () => {
    const test = new TestPlatform();
    test.pubSub.addTopic(OrderPlaced, { maxMessageSize: Size.kibibytes(64) });
    test.producer(publisher(OrderPlaced, OrderPaid));
    expect(limitsOf(test)).toBe('{"order-paid":1048576,"order-placed":65536}');
  });

  it('is produced when everything is declared: a topic may come after the app', () => {
    const test = new TestPlatform();
    new AppWorkload(test.platform, 'app', {
      manifest: publisher(OrderPlaced),
      pubSub: test.pubSub,
      component: 'producer',
      replicas: () => 1,
      healthPath: '/healthz',
    });
    test.pubSub.addTopic(OrderPlaced, { maxMessageSize: Size.kibibytes(32) });
    test.producer(defineApp({ ...publisher(OrderPaid), appId: 'payments' }));
    expect(limitsOf(test)).toBe('{"order-placed":32768}');
  });

  it('is there for a consumer that publishes, too', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer({}, defineApp({ ...orderProcessor, publishes: [OrderPaid] }));
    expect(limitsOf(test, 'order-processor')).toBe('{"order-paid":1048576}');
  });

  it('is never more than the broker takes, whatever the topic says', () => {
    const test = new TestPlatform(
      Environment.local(),
      (platform) => new RedisStreams(platform, 'redis', { maxMessageSize: Size.mebibytes(1) }),
    );
    test.pubSub.addTopic(OrderPlaced, { maxMessageSize: Size.mebibytes(5) });
    test.producer();
    expect(limitsOf(test)).toBe('{"order-placed":1048576}');
  });

  it('is not there for an app that publishes nothing', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    expect(limitsOf(test, 'order-processor')).toBeUndefined();
  });
});
