import assert from 'node:assert/strict';
import { topicRoute } from '@cdk8s-event-platform/contracts/interface';
import { setTimeout as sleep } from 'node:timers/promises';
import { idIn, KEYS } from '../context.ts';
import { all, type Reply } from '../scripted-app.ts';
import type { ConformanceTest } from '../suite.ts';

/** Waits of Dapr's exponential policy in milliseconds, which are up to half as long again, or half as long. */
const WAITS = [500, 750, 1_125];
/** For the request itself, on a machine that is busy. */
const SLACK = 600;

/** Milliseconds between deliveries. */
function gaps(deliveries: readonly { readonly at: number }[]): number[] {
  return deliveries.slice(1).map(({ at }, index) => at - deliveries[index]!.at);
}

/** That waits are those of the policy. */
export function assertWaits(deliveries: readonly { readonly at: number }[]): void {
  gaps(deliveries).forEach((gap, index) => {
    const wait = WAITS[index]!;
    assert.ok(
      gap >= wait / 2 - 20 && gap <= wait * 1.5 + SLACK,
      `wait ${index + 1} took ${gap.toFixed(0)} ms instead of about ${wait}`,
    );
  });
}

/** Events one by one. */
export const SINGLE: readonly ConformanceTest[] = [
  {
    name: 'single: delivers events of all types to the route of their topic, as CloudEvents',
    app: { single: true },
    run: async (t) => {
      await t.start();
      await t.events({ id: 'a', key: 'k' }, { id: 'b', key: 'k', type: 1 });
      await t.app.received(['a', 'b']);
      assert.deepEqual(
        t.app.deliveries.map(({ path }) => path),
        t.names.types.map(() => topicRoute(t.names.topic)),
      );
      const { headers, body } = t.app.of('a')[0]!;
      assert.equal(headers['content-type'], 'application/cloudevents+json');
      assert.equal(headers.__key, 'k');
      assert.match(String(headers.traceparent), /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/);
      assert.equal(headers.traceparent!.slice(3, 35), String(body.traceparent).slice(3, 35));
      assert.equal(headers.pubsubname, 'pubsub');
    },
  },
  {
    name: 'single: keeps the order of a key while an event is tried again, and other partitions go on',
    app: { single: true },
    run: async (t) => {
      const [key, other] = KEYS;
      let failures = 0;
      t.app.script = (delivery) =>
        delivery.ids[0] === 'first' && failures++ < 3 ? { status: 500 } : all('SUCCESS')(delivery);
      await t.start();
      await t.events({ id: 'first', key: key! }, { id: 'second', key: key! });
      await t.app.received(['first']);
      await t.events({ id: 'other', key: other! });
      await t.app.received(['other'], 3);
      assert.equal(t.app.ids.includes('second'), false);
      await t.app.received(['second']);
      const ofKey = t.app.ids.filter((id) => id !== 'other');
      assert.deepEqual(ofKey, ['first', 'first', 'first', 'first', 'second']);
    },
  },
  {
    name: 'single: tries as often and as far apart as declared, then puts the message into the dead letters',
    app: { single: true },
    run: async (t) => {
      t.app.script = () => ({ status: 500, body: 'no' });
      await t.start();
      await t.events({ id: 'failing', key: 'k' });
      const [letter] = await t.deadLetters(1);
      assert.equal(t.app.of('failing').length, 4);
      assertWaits(t.app.of('failing'));
      assert.equal(idIn(letter!), 'failing');
      assert.equal(letter!.key, 'k');
      assert.equal(String(letter!.value), t.app.of('failing')[0]!.text);
    },
  },
  {
    name: 'single: DROP and 404 put a message into the dead letters at once',
    app: { single: true },
    run: async (t) => {
      t.app.script = ({ ids }) =>
        ids[0] === 'dropped' ? { status: 200, body: '{"status":"DROP"}' } : { status: 404 };
      await t.start();
      await t.events({ id: 'dropped', key: 'k' }, { id: 'missing', key: 'k' });
      const letters = await t.deadLetters(2);
      assert.deepEqual(letters.map(idIn), ['dropped', 'missing']);
      assert.deepEqual(t.app.ids, ['dropped', 'missing']);
    },
  },
  {
    name: 'single: takes answers of 2xx for success unless they say otherwise',
    app: { single: true },
    run: async (t) => {
      const replies: Readonly<Record<string, Reply>> = {
        empty: { status: 200 },
        created: { status: 201, body: '' },
        'no-json': { status: 200, body: 'OK' },
        'no-status': { status: 200, body: '{"message":"?"}' },
        'empty-status': { status: 200, body: '{"status":""}' },
        'other-type': { status: 200, body: '{"status":7}' },
      };
      t.app.script = ({ ids }) => replies[ids[0]!]!;
      await t.start();
      const ids = Object.keys(replies);
      await t.events(...ids.map((id) => ({ id, key: 'k' })));
      await t.app.received(ids);
      await sleep(1_000);
      assert.deepEqual(t.app.ids, ids);
    },
  },
  {
    name: 'single: tries again for RETRY, unknown statuses, other codes and no answer',
    app: { single: true },
    run: async (t) => {
      const replies: Readonly<Record<string, Reply>> = {
        retry: { status: 200, body: '{"status":"RETRY"}' },
        unknown: { status: 200, body: '{"status":"DUPLICATE"}' },
        lower: { status: 200, body: '{"status":"success"}' },
        teapot: { status: 418 },
        unavailable: { status: 503 },
        'cut-off': 'cut',
      };
      const tried = new Set<string>();
      t.app.script = (delivery) => {
        const [id] = delivery.ids;
        const again = tried.has(id!);
        tried.add(id!);
        return again ? all('SUCCESS')(delivery) : replies[id!]!;
      };
      await t.start();
      const ids = Object.keys(replies);
      await t.events(...ids.map((id) => ({ id, key: 'k' })));
      await t.app.counted(2 * ids.length, 20);
      assert.deepEqual(
        t.app.ids,
        ids.flatMap((id) => [id, id]),
      );
    },
  },
  {
    name: 'single: an app that does not answer in the declared time is tried again',
    app: { single: true, timeout: 1_000, maxRetries: 1 },
    run: async (t) => {
      t.app.script = () => 'never';
      await t.start();
      await t.events({ id: 'slow' });
      await t.deadLetters(1);
      const [gap] = gaps(t.app.of('slow'));
      assert.equal(t.app.of('slow').length, 2);
      assert.ok(gap! >= 1_200 && gap! < 2_500, `tried again after ${gap!.toFixed(0)} ms`);
    },
  },
  {
    name: 'single: without dead letters, tries again every five seconds and holds the partition',
    app: { single: true, maxRetries: 1, deadLetters: false },
    run: async (t) => {
      let attempts = 0;
      t.app.script = (delivery) =>
        delivery.ids[0] === 'failing' && ++attempts <= 2
          ? { status: 500 }
          : all('SUCCESS')(delivery);
      await t.start();
      await t.events({ id: 'failing', key: 'k' }, { id: 'behind', key: 'k' });
      await t.app.received(['behind']);
      assert.deepEqual(t.app.ids, ['failing', 'failing', 'failing', 'behind']);
      const [, gap] = gaps(t.app.of('failing'));
      assert.ok(gap! > 4_900 && gap! < 6_500, `tried again after ${gap!.toFixed(0)} ms`);
    },
  },
  {
    name: 'single: messages that are not events go to the dead letters, undelivered',
    app: { single: true },
    run: async (t) => {
      await t.start();
      const poison = ['{"cut', '[1]', 'null', '"x"', '', '{"id":"without-type","data":1}'];
      for (const value of poison) {
        await t.produce(value, 'k');
      }
      await t.events({ id: 'behind', key: 'k' });
      const letters = await t.deadLetters(poison.length);
      assert.deepEqual(
        letters.map(({ value }) => String(value ?? 'null')),
        poison,
      );
      await t.app.received(['behind']);
      assert.deepEqual(t.app.ids, ['behind']);
    },
  },
  {
    name: 'single: an expired event goes to the dead letters, undelivered',
    app: { single: true },
    run: async (t) => {
      await t.start();
      const expired = { ...t.event({ id: 'expired' }), expiration: '2020-01-01T00:00:00Z' };
      await t.produce(JSON.stringify(expired), 'k');
      await t.events({ id: 'behind', key: 'k' });
      await t.app.received(['behind']);
      assert.deepEqual((await t.deadLetters(1)).map(idIn), ['expired']);
      assert.deepEqual(t.app.ids, ['behind']);
    },
  },
];
