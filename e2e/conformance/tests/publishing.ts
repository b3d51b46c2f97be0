import assert from 'node:assert/strict';
import { KEYS } from '../context.ts';
import { DIFFERENT } from '../differences.ts';
import { PUBSUB } from '../platform.ts';
import type { ConformanceTest } from '../suite.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const IN_TRACE = new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`);
const ANY_TRACE = /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/;
const UUID = /^[0-9a-f-]{36}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/;
const CLOUD_EVENT = 'application/cloudevents+json';

/** How publishing wraps, keeps and spreads events. */
export const PUBLISHING: readonly ConformanceTest[] = [
  {
    name: 'wraps JSON in a CloudEvent',
    app: { single: true },
    run: async (t) => {
      await t.start();
      const headers = { traceparent: TRACEPARENT };
      const { status, text } = await t.publish({
        ...{ body: '{"b":[1,null],"a":"<ü>"}', contentType: 'application/json', headers },
      });
      assert.deepEqual([status, text], [204, '']);
      await t.app.counted(1);
      const { body, path } = t.app.deliveries[0]!;
      const { id, time, traceid, traceparent, ...rest } = body;
      assert.match(String(id), UUID);
      assert.match(String(time), TIME);
      assert.match(String(traceparent), IN_TRACE);
      assert.equal(traceid, traceparent);
      assert.deepEqual(rest, {
        ...{ specversion: '1.0', datacontenttype: 'application/json', tracestate: '' },
        ...{ source: 'conformance-producer', type: 'com.dapr.event.sent' },
        ...{ topic: t.names.topic, pubsubname: PUBSUB, data: { b: [1, null], a: '<ü>' } },
      });
      assert.equal(path, `/topics/${t.names.topic}/undeclared`);
    },
  },
  {
    name: 'wraps text, bytes and content of no type',
    app: { single: true },
    run: async (t) => {
      await t.start();
      const key = '?metadata.partitionKey=k';
      const bytes = Buffer.from([0, 255, 10]);
      await t.publish({ body: 'a text', contentType: 'text/plain; charset=utf-8' }, key);
      await t.publish({ body: bytes, contentType: 'application/octet-stream' }, key);
      await t.publish({ body: 'of no type' }, key);
      await t.publish({ body: '{"no json', contentType: 'application/json' }, key);
      await t.app.counted(4);
      const content = t.app.deliveries.map(({ body }) => [
        body.datacontenttype,
        body.data ?? body.data_base64,
      ]);
      assert.deepEqual(content, [
        ['text/plain; charset=utf-8', 'a text'],
        ['application/octet-stream', bytes.toString('base64')],
        ['text/plain', 'of no type'],
        ['application/json', '{"no json'],
      ]);
      assert.equal('data' in t.app.deliveries[1]!.body, false);
    },
  },
  {
    name: 'completes a CloudEvent and keeps its identity',
    app: { single: true },
    run: async (t) => {
      await t.start();
      const headers = { traceparent: TRACEPARENT };
      const own = { ...t.event({ id: 'kept', key: 'k' }), extension: 1 };
      const body = JSON.stringify(own);
      assert.equal((await t.publish({ body, contentType: CLOUD_EVENT, headers })).status, 204);
      const bare = JSON.stringify({ id: 'bare', data: 1, traceid: TRACEPARENT });
      await t.publish({ body: bare, contentType: `${CLOUD_EVENT}; charset=utf-8` });
      await t.app.received(['kept', 'bare']);
      const { traceparent, traceid, ...kept } = t.app.of('kept')[0]!.body;
      assert.match(String(traceparent), IN_TRACE);
      assert.equal(traceid, traceparent);
      const added = { topic: t.names.topic, pubsubname: PUBSUB, tracestate: '' };
      assert.deepEqual(kept, { ...own, ...added });
      const { time, ...completed } = t.app.of('bare')[0]!.body;
      assert.match(String(time), TIME);
      assert.deepEqual(completed, {
        ...{ id: 'bare', data: 1, traceid: TRACEPARENT, source: 'Dapr', specversion: '1.0' },
        ...{ type: 'com.dapr.event.sent', ...added },
      });
    },
  },
  {
    name: 'takes attributes from metadata, and an expiration',
    app: { single: true },
    run: async (t) => {
      await t.start();
      const query =
        '?metadata.cloudevent.id=own&metadata.cloudevent.type=own.type&metadata.cloudevent.source=here&metadata.cloudevent.subject=it&metadata.ttlInSeconds=60&metadata.other=x';
      await t.publish({ body: '1', contentType: 'application/json' }, query);
      await t.app.received(['own']);
      const { body } = t.app.of('own')[0]!;
      const { type, source, subject, expiration, data } = body;
      assert.deepEqual([type, source, subject, data], ['own.type', 'here', 'it', 1]);
      const left = Date.parse(String(expiration)) - Date.now();
      assert.ok(left > 30_000 && left < 61_000, `expires in ${left} ms`);
    },
  },
  {
    name: 'publishes content as it is, with the metadata rawPayload',
    app: { single: true, rawPayload: true },
    run: async (t) => {
      await t.start();
      await t.publish({ body: 'anything' }, '?metadata.rawPayload=true&metadata.partitionKey=k');
      await t.app.counted(1);
      const { id, ...body } = t.app.deliveries[0]!.body;
      assert.match(String(id), UUID);
      assert.deepEqual(body, {
        ...{ specversion: '1.0', datacontenttype: 'application/octet-stream', source: 'Dapr' },
        ...{ type: 'com.dapr.event.sent', topic: t.names.topic, pubsubname: PUBSUB },
        data_base64: Buffer.from('anything').toString('base64'),
      });
    },
  },
  {
    name: 'keeps numbers of any size when events go one by one, and rounds them in bulk',
    app: { single: true },
    run: async (t) => {
      await t.start();
      const exact = '{"id":"exact","data":{"n":12345678901234567890}}';
      await t.publish({ body: exact, contentType: CLOUD_EVENT });
      const event = JSON.parse(exact.replace('exact', 'rounded')) as unknown;
      await t.publishMany([{ entryId: '1', contentType: CLOUD_EVENT, event }]);
      await t.app.received(['exact', 'rounded']);
      assert.match(t.app.of('exact')[0]!.text, /12345678901234567890/);
      assert.match(t.app.of('rounded')[0]!.text, /12345678901234567000|1\.2345678901234567e\+19/);
    },
  },
  {
    name: 'publishes several events in one request, of several content types',
    run: async (t) => {
      await t.start();
      const { status, text } = await t.publishMany([
        { entryId: '1', contentType: CLOUD_EVENT, event: t.event({ id: 'one' }) },
        { entryId: '2', contentType: 'application/json', event: { x: 1 } },
        { entryId: '3', contentType: 'text/plain', event: 'a text' },
        { entryId: '4', contentType: 'application/octet-stream', event: 'AP8=' },
      ]);
      assert.deepEqual([status, text], [204, '']);
      const events = () => t.app.deliveries.flatMap(({ entries = [] }) => entries);
      await t.app.counted(4);
      const data = events().map(({ event }) => event.data ?? event.data_base64);
      assert.deepEqual(
        new Set(data.map((value) => JSON.stringify(value))),
        new Set(['{"key":"one"}', '{"x":1}', '"a text"', '"AP8="']),
      );
      events().forEach(({ event }) => assert.match(String(event.traceparent), ANY_TRACE));
    },
  },
  {
    name: 'refuses entries without an id of their own, and content of another type',
    run: async (t) => {
      const entry = { entryId: '1', contentType: 'application/json', event: 1 };
      const refused: readonly unknown[] = [
        [entry, entry],
        [{ ...entry, entryId: '' }],
        [{ contentType: 'application/json', event: 1 }],
        [{ ...entry, contentType: 'text/plain' }],
        [{ ...entry, contentType: 'application/octet-stream' }],
        [{ entryId: '1', event: 1 }],
        { not: 'a list' },
        [1],
      ];
      for (const entries of refused) {
        const { status, errorCode } = await t.publishMany(entries);
        assert.deepEqual(
          [status, errorCode],
          [400, 'ERR_PUBSUB_EVENTS_SER'],
          JSON.stringify(entries),
        );
      }
      await t.start();
      await t.events({ id: 'last' });
      await t.app.received(['last']);
      assert.deepEqual(t.app.ids, ['last']);
    },
  },
  {
    name: 'refuses a CloudEvent that is not JSON',
    run: async (t) => {
      for (const body of ['{', '[]', '"x"']) {
        const { status, errorCode } = await t.publish({ body, contentType: CLOUD_EVENT });
        assert.deepEqual([status, errorCode], [500, 'ERR_PUBSUB_CLOUD_EVENTS_SER'], body);
      }
    },
  },
  {
    name: 'puts a key into the partition that Kafka has it in',
    run: async (t) => {
      await t.start();
      await t.events(...KEYS.map((key) => ({ id: key, key })));
      await t.app.received(KEYS);
      const entries = t.app.deliveries.flatMap((delivery) => delivery.entries ?? []);
      const partitions = entries.map(({ metadata }) => [metadata.__key, metadata.__partition]);
      assert.deepEqual(
        new Map(partitions as [string, string][]),
        new Map(KEYS.map((key, index) => [key, String(index)])),
      );
    },
  },
  {
    name: 'delivers a large event whole',
    run: async (t) => {
      await t.start();
      const event = { ...t.event({ id: 'large' }), data: { key: 'k', text: 'ü'.repeat(450_000) } };
      const { status } = await t.publish({ body: JSON.stringify(event), contentType: CLOUD_EVENT });
      assert.equal(status, 204);
      await t.app.received(['large']);
      const [entry] = t.app.of('large')[0]!.entries!;
      assert.deepEqual(entry!.event.data, event.data);
    },
  },
  {
    name: DIFFERENT.tooLarge,
    run: async (t) => {
      await t.start();
      const large = { ...t.event({ id: 'large' }), data: { text: 'x'.repeat(1_100_000) } };
      const began = performance.now();
      const one = await t.publish({ body: JSON.stringify(large), contentType: CLOUD_EVENT });
      const seconds = (performance.now() - began) / 1000;
      assert.equal(seconds > 1, t.subject === 'daprd', `refused after ${seconds.toFixed(1)} s`);
      assert.deepEqual([one.status, one.errorCode], [500, 'ERR_PUBSUB_PUBLISH_MESSAGE']);
      const many = await t.publishMany([
        { entryId: 'a', contentType: CLOUD_EVENT, event: t.event({ id: 'first' }) },
        { entryId: 'b', contentType: CLOUD_EVENT, event: large },
        { entryId: 'c', contentType: CLOUD_EVENT, event: t.event({ id: 'last' }) },
      ]);
      assert.deepEqual([many.status, many.errorCode], [500, 'ERR_PUBSUB_PUBLISH_MESSAGE']);
      const { failedEntries } = JSON.parse(many.text) as { failedEntries: { entryId: string }[] };
      assert.deepEqual(
        failedEntries.map(({ entryId }) => entryId),
        ['b'],
      );
      await t.app.received(['first', 'last']);
      assert.equal(t.app.ids.includes('large'), false);
    },
  },
];
