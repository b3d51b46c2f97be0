import { defineApp, type AppManifest } from '@cdk8s-event-platform/contracts';
import { describe, expect, it } from 'vitest';
import { OrderPlaced, shop, TestPlatform } from '../testing/fixtures.ts';
import { manifestProblems } from '../testing/manifest-problems.ts';
import { EventApp } from './event-app.ts';
import type { EventAppProps } from './event-app-props.ts';
import { EventService } from './event-service.ts';

const base = { appId: 'pricing', description: 'Prices orders.', port: 8080 };

/** A platform that publishes OrderPlaced, with one more app. */
function withApp(
  manifest: AppManifest,
  props: Partial<EventAppProps> = {},
  Type: typeof EventApp | typeof EventService = EventApp,
) {
  const test = new TestPlatform();
  test.producer();
  const { platform, pubSub, database } = test;
  const app = new Type(platform, 'pricing', { manifest, pubSub, database, ...props });
  return { test, app };
}

/** Kinds of the objects whose name starts with that of the app. */
function kinds(test: TestPlatform): string[] {
  return test
    .objects()
    .filter(({ metadata }) => metadata.name.startsWith('pricing'))
    .map(({ kind }) => kind)
    .toSorted();
}

const ALWAYS = [
  'Deployment',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'PodMonitor',
  'ServiceAccount',
];

describe('EventApp', () => {
  it('gives an app that takes requests a Service, and one that receives events none', () => {
    const serving = withApp(defineApp({ ...base, publishes: [OrderPlaced] }));
    expect(kinds(serving.test)).toEqual(expect.arrayContaining([...ALWAYS, 'Service']));
    const receiving = withApp(defineApp({ ...base, subscribes: [OrderPlaced] }));
    expect(kinds(receiving.test)).toEqual(
      expect.arrayContaining([...ALWAYS, 'Subscription', 'ScaledObject', 'Resiliency']),
    );
    expect(kinds(receiving.test)).not.toContain('Service');
  });

  it('follows all of a manifest that serves, publishes and subscribes', () => {
    const manifest = defineApp({
      ...base,
      serves: true,
      publishes: [OrderPlaced],
      subscribes: [OrderPlaced],
    });
    const { test, app } = withApp(manifest);
    expect(kinds(test)).toEqual(
      expect.arrayContaining([...ALWAYS, 'Service', 'Subscription', 'ScaledObject', 'Resiliency']),
    );
    expect(app.publishingAlerts).toBeDefined();
    expect(app.receiver?.subscriptions).toHaveLength(1);
    expect(app.sharedTopic?.name).toBe('order-placed');
    expect(manifestProblems(test.objects())).toEqual([]);
  });

  it('starts images in other languages by their own command', () => {
    const command = ['python', '-m', 'pricing'];
    const { test } = withApp(defineApp({ ...base, subscribes: [OrderPlaced] }), { command });
    const [container] = test.object('Deployment', 'pricing').spec.template.spec.containers;
    expect(container.command).toEqual(command);
  });

  it('refuses to receive events without a database, and options of deliveries without events', () => {
    const subscribes = defineApp({ ...base, subscribes: [OrderPlaced] });
    const test = new TestPlatform();
    expect(
      () => new EventApp(test.platform, 'pricing', { manifest: subscribes, pubSub: test.pubSub }),
    ).toThrow(
      "test/pricing: app manifest 'pricing' subscribes to 'com.example.order.placed', and there is no database to remember what was processed: give it one, as the property 'database', or the 'command' of an image that remembers by itself",
    );
    expect(() => withApp(defineApp({ ...base, publishes: [OrderPlaced] }), { epoch: 1 })).toThrow(
      "test/pricing: epoch is about the events that an app receives, and app manifest 'pricing' subscribes to nothing: leave it out, or list events under 'subscribes'",
    );
  });

  it.each([undefined, {}, { manifest: shop }, { manifest: shop, pubSub: 'pubsub' }])(
    'says what is missing to callers without a compiler: %j',
    (props) => {
      const { platform } = new TestPlatform();
      expect(() => new EventApp(platform, 'pricing', props as never)).toThrow(/^test\/pricing: /);
    },
  );
});

describe('EventService', () => {
  it('takes requests, whatever it receives', () => {
    const manifest = defineApp({ ...base, subscribes: [OrderPlaced] });
    const { test } = withApp(manifest, {}, EventService);
    expect(test.object('Service', 'pricing').spec.ports).toEqual([
      { name: 'http', port: 80, targetPort: 'http' },
    ]);
    expect(test.object('NetworkPolicy', 'pricing').spec.ingress).toContainEqual({
      from: [{ namespaceSelector: {} }],
      ports: [{ port: 8080, protocol: 'TCP' }],
    });
  });

  it('refuses a manifest that says it serves nothing', () => {
    const manifest = defineApp({ ...base, serves: false, subscribes: [OrderPlaced] });
    expect(() => withApp(manifest, {}, EventService)).toThrow(
      "test/pricing: app manifest 'pricing' serves nothing (serves: false), and an EventService takes requests",
    );
  });
});
