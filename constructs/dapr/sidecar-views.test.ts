import { ApiObject, JsonPatch } from 'cdk8s';
import { assert, describe, expect, it } from 'vitest';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import { DeadLetterProcessor, Environment, TraceEndpoint } from '../index.ts';
import { OrderPlaced, orderProcessor, shop, TestPlatform } from '../testing/fixtures.ts';

const OrderCancelled = defineEvent({
  ...OrderPlaced,
  type: 'com.example.order.cancelled',
  topic: 'order-cancelled',
  description: 'A customer has cancelled an order.',
});
const canceller = defineApp({ ...shop, appId: 'canceller', publishes: [OrderCancelled] });
const refunds = defineApp({
  ...orderProcessor,
  appId: 'refunds',
  subscribes: [OrderPlaced],
  migrations: [],
});
const cleaner = defineApp({ appId: 'cleaner', description: 'Keeps what failed.', port: 8080 });

/** The annotation of each app's pods. */
function views(test: TestPlatform): Record<string, string> {
  return Object.fromEntries(
    test
      .objects()
      .filter(({ kind }) => kind === 'Deployment')
      .flatMap(({ metadata, spec }) => {
        const { annotations } = (
          spec as { template: { metadata: { annotations?: Record<string, string> } } }
        ).template.metadata;
        const view = annotations?.['event-platform/sidecar-view'];
        return view === undefined ? [] : [[metadata.name, view]];
      }),
  );
}

/** Names of apps whose pods are replaced when the second platform is applied over the first. */
function replaced(
  change: (test: TestPlatform) => void,
  environment: () => Environment = () => Environment.local(),
): string[] {
  const make = (changed: boolean) => {
    const test = new TestPlatform(changed ? environment() : Environment.local());
    test.producer();
    const deadLetters = new DeadLetterProcessor(test.platform, 'cleaner', {
      manifest: cleaner,
      pubSub: test.pubSub,
      database: test.database,
    });
    test.consumer({ deadLetters });
    if (changed) {
      change(test);
    }
    return views(test);
  };
  const [before, after] = [make(false), make(true)];
  return Object.keys(before).filter((appId) => before[appId] !== after[appId]);
}

const EVERYBODY = ['cleaner', 'order-processor', 'shop'];

describe('pods are replaced', () => {
  it('for no reason: never', () => {
    expect(replaced(() => undefined)).toEqual([]);
  });

  it('when their own sidecar loads something else', () => {
    expect(
      replaced(({ pubSub }) => {
        pubSub.component.addJsonPatch(
          JsonPatch.add('/spec/metadata/-', { name: 'more', value: '1' }),
        );
      }).sort(),
    ).toEqual(EVERYBODY);
  });

  it('when the Configuration changes', () => {
    const traced = () =>
      Environment.local({ traces: TraceEndpoint.zipkin('http://zipkin:9411/api/v2/spans') });
    expect(replaced(() => undefined, traced).sort()).toEqual(EVERYBODY);
  });

  it('when their Resiliency or Subscription changes, and those of no other app', () => {
    const change = (kind: 'Resiliency' | 'Subscription') => (test: TestPlatform) => {
      const object = test.platform.node
        .findAll()
        .filter((child) => ApiObject.isApiObject(child))
        .filter((child) => child.kind === kind)
        .find((child) => (child.toJson() as { scopes: string[] }).scopes[0] === 'order-processor');
      object!.addJsonPatch(JsonPatch.add('/spec/more', 1));
    };
    expect(replaced(change('Resiliency'))).toEqual(['order-processor']);
    expect(replaced(change('Subscription'))).toEqual(['order-processor']);
  });

  it('when a right is withdrawn or given: of that app alone', () => {
    const gains = replaced((test) => {
      test.pubSub
        .topicOf(OrderCancelled)
        .grantPublish(test.platform.node.findChild('shop') as never);
    });
    expect(gains).toEqual(['shop']);
  });

  it('when an app is added: of nobody else', () => {
    expect(replaced((test) => test.producer(canceller))).toEqual([]);
  });

  it('when a consumer is added: of the dead-letter processor that collects for it', () => {
    expect(
      replaced((test) => {
        const deadLetters = test.platform.node.findChild('cleaner');
        assert(deadLetters instanceof DeadLetterProcessor);
        test.consumer({ deadLetters }, refunds);
      }),
    ).toEqual(['cleaner']);
  });
});

it('what is rendered twice is the same, and follows what was added in between', () => {
  const test = new TestPlatform();
  test.producer();
  const once = views(test);
  expect(views(test)).toEqual(once);
  test.pubSub.component.addJsonPatch(
    JsonPatch.add('/spec/metadata/-', { name: 'more', value: '1' }),
  );
  expect(views(test)).not.toEqual(once);
});
