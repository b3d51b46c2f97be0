import { describe, expect, it } from 'vitest';
import { defineApp, type EventContract } from '@cdk8s-event-platform/contracts';
import { OrderPlaced, orderProcessor, shop, TestPlatform } from '../testing/fixtures.ts';
import { DaprSubscription } from './dapr-subscription.ts';

const event = (type: string, topic: string): EventContract => ({ ...OrderPlaced, type, topic });

const OrderPaid = event('com.example.order.paid', 'order-placed');

interface Rule {
  match: string;
  path: string;
}

describe('DaprSubscription', () => {
  it('has scopes beside its spec: within it, Dapr would not look at them', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    const subscription = test.object('Subscription', 'order-processor-order-placed');
    expect(subscription.apiVersion).toBe('dapr.io/v2alpha1');
    expect(subscription.scopes).toEqual(['order-processor']);
    expect(subscription.spec).not.toHaveProperty('scopes');
  });

  it('has a route for what nobody has declared, and dead letters for what is not delivered', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    const { spec } = test.object('Subscription', 'order-processor-order-placed');
    expect(spec.routes.default).toBe('/topics/order-placed/undeclared');
    expect(spec.deadLetterTopic).toBe('order-placed.order-processor.dlq');
  });

  it('has one route for the types of a topic that are handled, and one for those that are not', () => {
    const test = new TestPlatform();
    const handled = event('com.example.order.amended', 'order-placed');
    test.consumer({}, defineApp({ ...orderProcessor, subscribes: [OrderPlaced, handled] }));
    // Declared after the consumer: rules are made when everything is known.
    test.producer(defineApp({ ...shop, publishes: [OrderPlaced, OrderPaid, handled] }));
    const { rules } = test.object('Subscription', 'order-processor-order-placed').spec.routes as {
      rules: Rule[];
    };
    expect(rules).toEqual([
      {
        match: 'event.type == "com.example.order.amended"',
        path: '/topics/order-placed/events',
      },
      { match: 'event.type == "com.example.order.paid"', path: '/events/ignored' },
      {
        match: 'event.type == "com.example.order.placed"',
        path: '/topics/order-placed/events',
      },
    ]);
  });

  it('ignores for each app what that app does not handle', () => {
    const test = new TestPlatform();
    test.producer();
    test.producer(defineApp({ ...shop, appId: 'till', publishes: [OrderPaid] }));
    test.consumer();
    test.consumer({}, defineApp({ ...orderProcessor, appId: 'books', subscribes: [OrderPaid] }));
    const paths = (app: string) =>
      (test.object('Subscription', `${app}-order-placed`).spec.routes.rules as Rule[]).map(
        ({ path }) => path,
      );
    expect(paths('order-processor')).toEqual([
      '/events/ignored',
      '/events/com.example.order.placed',
    ]);
    expect(paths('books')).toEqual(['/events/com.example.order.paid', '/events/ignored']);
  });

  it('has a name that the API server takes, whatever the topic is called', () => {
    const test = new TestPlatform();
    const dotted = event('com.example.order.placed', 'shop.orders_placed');
    test.producer(defineApp({ ...shop, publishes: [dotted] }));
    test.consumer({}, defineApp({ ...orderProcessor, subscribes: [dotted] }));
    const { spec } = test.object('Subscription', 'order-processor-shop-orders-placed');
    expect(spec.topic).toBe('shop.orders_placed');
  });

  it('is refused where two topics would give it one name', () => {
    const test = new TestPlatform();
    const a = event('com.example.order.placed', 'shop.orders');
    const b = event('com.example.order.paid', 'shop-orders');
    test.producer(defineApp({ ...shop, publishes: [a, b] }));
    test.consumer({}, defineApp({ ...orderProcessor, subscribes: [a, b] }));
    expect(() => test.objects()).toThrow(
      "test/order-processor/subscription-shop-orders/subscription: dapr.io/Subscription 'order-processor-shop-orders' is declared by 'test/order-processor/subscription-shop.orders/subscription' too: give one of them another name or app id",
    );
  });

  it('refuses no contracts, as it refuses those of several topics', () => {
    const test = new TestPlatform();
    const { platform, pubSub } = test;
    const app = test.producer();
    expect(() => new DaprSubscription(platform, 'none', { app, pubSub, contracts: [] })).toThrow(
      'test/none: contracts of 0 topics in one subscription: give the contracts of one topic, and use one DaprSubscription for each',
    );
  });
});
