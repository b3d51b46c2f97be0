import assert from 'node:assert/strict';
import { topicRoute } from '@cdk8s-event-platform/contracts/interface';
import { setTimeout as sleep } from 'node:timers/promises';
import { idIn, KEYS, type Context } from '../context.ts';
import { type Delivery, perEntry, type Reply } from '../scripted-app.ts';
import type { ConformanceTest } from '../suite.ts';
import { assertWaits } from './single.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** Publishes before anything is delivered, so that events come in one bulk. */
async function inOneBulk(t: Context, ids: readonly string[], key = 'k'): Promise<void> {
  await t.events(...ids.map((id) => ({ id, key })));
  await t.start();
  await t.app.received(ids.slice(0, 1));
}

/** Answers the first delivery by a script, later ones with success. */
function atFirst(t: Context, script: (delivery: Delivery) => Reply): void {
  let first = true;
  t.app.script = (delivery) => {
    const reply = first ? script(delivery) : perEntry(delivery, () => 'SUCCESS');
    first = false;
    return reply;
  };
}

/** Tests of an answer after which every event of the bulk is tried again. */
const RETRIED: readonly (readonly [string, Reply])[] = [
  ['the status 500', { status: 500 }],
  ['an empty body', { status: 200 }],
  ['a body that is not JSON', { status: 200, body: 'OK' }],
  ['no statuses', { status: 200, body: '{}' }],
  ['statuses of another type', { status: 200, body: '{"statuses":[{"entryId":"0","status":7}]}' }],
  ['a cut connection', 'cut'],
];

/** Events in bulk. */
export const BULK: readonly ConformanceTest[] = [
  {
    name: 'bulk: delivers entries of all types in their order, in one request for each route',
    run: async (t) => {
      await t.events({ id: 'a', key: 'k' }, { id: 'b', key: 'k', type: 1 }, { id: 'c', key: 'k' });
      await t.start();
      await t.app.received(['a', 'b', 'c']);
      assert.deepEqual(
        t.app.deliveries.map(({ path, ids }) => [path, ids]),
        [[topicRoute(t.names.topic), ['a', 'b', 'c']]],
      );
      const { body, headers, entries } = t.app.of('a')[0]!;
      assert.equal(headers['content-type'], 'application/json');
      assert.match(String(body.id), /^[0-9a-f-]{36}$/);
      assert.deepEqual(body, {
        ...{ id: body.id, entries },
        ...{ type: 'com.dapr.event.sent.bulk', topic: t.names.topic, pubsubname: 'pubsub' },
        metadata: { pubsubName: 'pubsub' },
      });
      const [{ entryId, contentType, metadata, event } = assert.fail()] = entries!;
      assert.deepEqual([entryId, contentType], ['0', 'application/cloudevents+json']);
      const { __timestamp, __offset, __partition, ...rest } = metadata;
      assert.ok(Math.abs(Number(__timestamp) - Date.now()) < 60_000);
      assert.ok(Number.isInteger(Number(__offset)) && Number.isInteger(Number(__partition)));
      assert.deepEqual(rest, { __key: 'k', __topic: t.names.topic, partitionKey: 'k' });
      assert.equal(event.topic, t.names.topic);
    },
  },
  {
    name: 'bulk: has at most as many events as declared, in their order',
    app: { bulk: { maxEvents: 4, maxWait: 200 } },
    run: async (t) => {
      const ids = Array.from({ length: 10 }, (_, index) => `event-${index}`);
      await inOneBulk(t, ids);
      await t.app.received(ids);
      assert.deepEqual(t.app.ids, ids);
      t.app.deliveries.forEach((delivery) => assert.ok(delivery.ids.length <= 4));
    },
  },
  {
    name: 'bulk: RETRY has only its own entries tried again, before what is behind',
    app: { bulk: { maxEvents: 3, maxWait: 200 } },
    run: async (t) => {
      let left = 2;
      t.app.script = (delivery) => {
        const retry = left-- > 0;
        return perEntry(delivery, (id) => (id === 'b' && retry ? 'RETRY' : 'SUCCESS'));
      };
      await inOneBulk(t, ['a', 'b', 'c', 'd']);
      await t.app.received(['d']);
      assert.deepEqual(
        t.app.deliveries.map(({ ids }) => ids),
        [['a', 'b', 'c'], ['b'], ['b'], ['d']],
      );
      assertWaits(t.app.deliveries.slice(0, 3));
    },
  },
  {
    name: 'bulk: an entry without a status, with an empty or an unknown one is tried again',
    run: async (t) => {
      atFirst(t, ({ entries = [] }) => {
        const statuses = entries.flatMap(({ entryId, event: { id } }) =>
          id === 'none'
            ? []
            : [{ entryId, status: { empty: '', unknown: 'DUPLICATE' }[id] ?? 'SUCCESS' }],
        );
        const stranger = { entryId: 'of nobody', status: 'RETRY' };
        return { status: 200, body: JSON.stringify({ statuses: [...statuses, stranger] }) };
      });
      await inOneBulk(t, ['good', 'none', 'empty', 'unknown']);
      await t.app.counted(7);
      assert.deepEqual(t.app.deliveries[1]!.ids, ['none', 'empty', 'unknown']);
    },
  },
  ...RETRIED.map(([what, reply]): ConformanceTest => ({
    name: `bulk: ${what} has all entries tried again`,
    run: async (t) => {
      atFirst(t, () => reply);
      await inOneBulk(t, ['a', 'b']);
      await t.app.counted(4);
      await sleep(300);
      assert.deepEqual(t.app.ids, ['a', 'b', 'a', 'b']);
    },
  })),
  {
    name: 'bulk: 404 acknowledges all entries, without dead letters',
    run: async (t) => {
      atFirst(t, () => ({ status: 404 }));
      await inOneBulk(t, ['a', 'b']);
      await t.events({ id: 'behind', key: 'k' });
      await t.app.received(['behind']);
      assert.deepEqual(t.app.ids, ['a', 'b', 'behind']);
      await sleep(500);
      await t.deadLetters(0);
    },
  },
  {
    name: 'bulk: DROP puts its entry into the dead letters at once',
    run: async (t) => {
      t.app.script = (delivery) => perEntry(delivery, (id) => (id === 'b' ? 'DROP' : 'SUCCESS'));
      await inOneBulk(t, ['a', 'b', 'c']);
      assert.deepEqual((await t.deadLetters(1)).map(idIn), ['b']);
      await sleep(1_000);
      assert.deepEqual(t.app.ids, ['a', 'b', 'c']);
    },
  },
  {
    name: 'bulk: after the last try, what has failed goes to the dead letters in its order, the rest does not',
    run: async (t) => {
      t.app.script = (delivery) =>
        perEntry(delivery, (id) => (id.startsWith('bad') ? 'RETRY' : 'SUCCESS'));
      await inOneBulk(t, ['bad-1', 'good', 'bad-2', 'bad-3']);
      const letters = await t.deadLetters(3);
      assert.deepEqual(letters.map(idIn), ['bad-1', 'bad-2', 'bad-3']);
      assert.deepEqual(
        letters.map(({ key }) => key),
        ['k', 'k', 'k'],
      );
      assert.deepEqual(
        t.app.deliveries.map(({ ids }) => ids.length),
        [4, 3, 3, 3],
      );
    },
  },
  {
    name: 'bulk: an app that does not answer in the declared time gets all entries once more',
    app: { timeout: 1_000, maxRetries: 1 },
    run: async (t) => {
      t.app.script = () => 'never';
      await inOneBulk(t, ['a', 'b']);
      const letters = await t.deadLetters(2);
      assert.deepEqual(letters.map(idIn), ['a', 'b']);
      assert.deepEqual(t.app.ids, ['a', 'b', 'a', 'b']);
    },
  },
  {
    name: 'bulk: messages that are not events, tombstones among them, go to the dead letters, the others are delivered',
    run: async (t) => {
      await t.events({ id: 'before', key: 'k' });
      await t.produce('{"cut', 'k');
      await t.produce(null, 'k', { traceparent: TRACEPARENT });
      await t.produce('[1]', 'k');
      await t.produce('{"id":"without-type"}', 'k');
      await t.events({ id: 'behind', key: 'k' });
      await t.start();
      await t.app.received(['before', 'behind']);
      const letters = await t.deadLetters(4);
      assert.deepEqual(
        letters.map(({ value }) => value && String(value)),
        ['{"cut', null, '[1]', '{"id":"without-type"}'],
      );
      assert.deepEqual(t.app.ids, ['before', 'behind']);
    },
  },
  {
    name: 'bulk: delivers raw content in Base64, whatever it is',
    app: { rawPayload: true },
    run: async (t) => {
      await t.produce('not JSON', 'k', { h: 'x' });
      await t.produce(null, 'k');
      await t.start();
      await t.app.counted(2);
      const entries = t.app.deliveries.flatMap((delivery) => delivery.entries ?? []);
      assert.deepEqual(
        entries.map(({ event, contentType }) => [event as unknown, contentType]),
        [
          [Buffer.from('not JSON').toString('base64'), 'application/octet-stream'],
          [Buffer.from('null').toString('base64'), 'application/octet-stream'],
        ],
      );
      assert.equal(entries[0]!.metadata.h, 'x');
    },
  },
  {
    name: 'bulk: delivers the bulks of all partitions one after the other',
    run: async (t) => {
      const release = t.app.hold();
      await t.events(...KEYS.map((key) => ({ id: key, key })));
      await t.start();
      await t.app.counted(1);
      await sleep(1_000);
      assert.equal(t.app.deliveries.length, 1);
      release();
      await t.app.received(KEYS);
    },
  },
];
