import {
  type AppManifest,
  defineApp,
  defineEvent,
  type EventContract,
} from '@cdk8s-event-platform/contracts';
import { describe, expect, it } from 'vitest';
import { topicTable } from '../outputs/topic-table.ts';
import { TestPlatform } from '../testing/fixtures.ts';
import { manifestProblems } from '../testing/manifest-problems.ts';
import { DeadLetterProcessor } from './dead-letter-processor.ts';
import { EventApp } from './event-app.ts';

const TYPE = 'com.example.order.placed';
const id = { type: 'string', maxLength: 64 } as const;

function version(number: string, topic = 'order-placed', key = 'order_id'): EventContract {
  return defineEvent({
    ...{ type: TYPE, version: number, topic, key, description: 'An order was placed.' },
    schema: { type: 'object', required: [key], properties: { [key]: id } },
  });
}
const V1 = version('1.0.0');
const V2 = version('2.0.0');
const V3 = version('3.0.0', 'order-placed-3', 'shop');

function app(appId: string, contracts: Pick<AppManifest, 'publishes' | 'subscribes'>): AppManifest {
  return defineApp({ appId, description: 'Handles orders.', port: 8080, ...contracts });
}

/** A platform with these apps. */
function platformOf(...manifests: readonly AppManifest[]): TestPlatform {
  const test = new TestPlatform();
  const { platform, pubSub, database } = test;
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letters', { pubSub, database });
  for (const manifest of manifests) {
    const receives = (manifest.subscribes ?? []).length > 0;
    new EventApp(platform, manifest.appId, {
      ...{ manifest, pubSub, database },
      ...(receives && { deadLetters }),
    });
  }
  return test;
}

function rulesOf(test: TestPlatform, topic: string): unknown {
  const subscription = test
    .objects()
    .find(
      ({ kind, spec }) => kind === 'Subscription' && (spec as { topic: string }).topic === topic,
    );
  return (subscription!.spec as { routes: { rules: unknown } }).routes.rules;
}

describe('two versions of an event', () => {
  it('on one topic have one route', () => {
    const test = platformOf(
      app('shop', { publishes: [V1, V2] }),
      app('billing', { subscribes: [V1, V2] }),
    );
    expect(rulesOf(test, 'order-placed')).toEqual([
      { match: `event.type == "${TYPE}"`, path: `/events/${TYPE}` },
    ]);
    expect(manifestProblems(test.objects())).toEqual([]);
  });

  it('on two topics have a route each', () => {
    const test = platformOf(
      app('shop', { publishes: [V1, V3] }),
      app('billing', { subscribes: [V1, V3] }),
    );
    expect(rulesOf(test, 'order-placed')).toEqual([
      { match: `event.type == "${TYPE}"`, path: `/events/${TYPE}` },
    ]);
    expect(rulesOf(test, 'order-placed-3')).toEqual([
      { match: `event.type == "${TYPE}"`, path: `/topics/order-placed-3/events/${TYPE}` },
    ]);
  });

  it('have their keys in the dead-letter processor', () => {
    const test = platformOf(
      app('shop', { publishes: [V1, V2, V3] }),
      app('billing', { subscribes: [V1, V2, V3] }),
    );
    const files = test
      .objects()
      .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.includes('event-keys'))
      .flatMap(({ data }) => Object.values(data as Record<string, string>));
    expect(
      files
        .join('')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      [TYPE, 'order_id'],
      [`${TYPE}@3`, 'shop'],
    ]);
  });

  it('have composite keys there, and no second line for the same one', () => {
    const keyed = (name: string, key: readonly string[]) =>
      defineEvent({
        ...V1,
        version: name,
        topic: `order-placed-${name[0]!}`,
        key,
        schema: {
          type: 'object',
          required: ['order_id', 'shop'],
          properties: {
            order_id: { type: 'string', maxLength: 36 },
            shop: { type: 'string', maxLength: 36 },
          },
        },
      });
    const contracts = [
      keyed('1.0.0', ['shop', 'order_id']),
      keyed('2.0.0', ['shop', 'order_id']),
      keyed('3.0.0', ['order_id', 'shop']),
    ];
    const test = platformOf(
      app('shop', { publishes: contracts }),
      app('billing', { subscribes: contracts }),
    );
    const [{ data }] = test
      .objects()
      .filter(
        ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.includes('event-keys'),
      ) as unknown as [{ data: Record<string, string> }];
    expect(Object.values(data).join('')).toBe(
      `["${TYPE}",["shop","order_id"]]\n["${TYPE}@3",["order_id","shop"]]\n`,
    );
    expect(topicTable(test.platform)).toContain('| order-placed-3 | order_id:shop |');
  });

  it.each([
    ['before the producer publishes the new one', [V1]],
    ['once the producer publishes the new one alone', [V3]],
  ])('are received %s', (_name, publishes) => {
    const test = platformOf(app('shop', { publishes }), app('billing', { subscribes: [V1, V3] }));
    expect(manifestProblems(test.objects())).toEqual([]);
  });

  it.each([
    ['an older one', V2, V1, `${TYPE}@1`],
    ['a newer one', V1, V2, `${TYPE}@2`],
  ])('are refused where a consumer gets %s that it does not read', (_name, reads, gets, name) => {
    const test = platformOf(
      app('shop', { publishes: [reads, gets] }),
      app('billing', { subscribes: [reads] }),
    );
    expect(() => test.objects()).toThrow(
      `test/pubsub: topic 'order-placed' brings '${name}' to billing, which reads other versions of it: list the contract under 'subscribes' of its manifest, with a handler or an upcast, or publish it to a topic of its own [EP2011]`,
    );
  });

  it.each(['publishes', 'subscribes'] as const)('of one major are refused in %s', (list) => {
    const again = version('1.1.0');
    expect(() => app('shop', { [list]: [V1, again] })).toThrow(
      `${list} lists '${TYPE}' twice in version 1: keep one, or give one another major version`,
    );
  });
});
