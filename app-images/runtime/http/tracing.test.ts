import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { Paid } from '../../testing/ledger.ts';
import { serviceApi } from '../testing/service-api.ts';
import { SeenSpans } from '../../testing/tracing.ts';
import { type Api, answer } from './routes.ts';

const Placed = defineEvent({ ...Paid, type: 'com.example.order.placed', topic: 'order-placed' });
const manifest = defineApp({
  appId: 'orders',
  description: 'Takes orders.',
  port: 8080,
  publishes: [Placed],
});
const ORDER = {
  type: 'object',
  required: ['account', 'amount'],
  properties: { account: { type: 'string' }, amount: { type: 'integer' } },
} as const;

let then: () => Promise<void> | void = () => undefined;

function routes(api: Api): void {
  api.post('/orders', { body: ORDER }, async (tx, { body }) => {
    await tx.publish(Placed, body);
    await then();
    return answer(201);
  });
}

let database: TestDatabase;
let app: ReturnType<typeof serviceApi>;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [manifest]);
  app = serviceApi(manifest, routes, database.pool);
});
afterAll(() => database.drop());
beforeEach(async () => {
  then = () => undefined;
  await database.pool.query('TRUNCATE outbox');
});

const order = { account: 'a', amount: 3 };

function post(payload: object, headers: Record<string, string> = {}, to = app) {
  return to.inject({ method: 'POST', url: '/orders', payload, headers });
}

/** Events in the outbox. */
async function outbox(): Promise<Record<string, unknown>[]> {
  const { rows } = await database.pool.query<{ event: Record<string, unknown> }>(
    'SELECT event::json AS event FROM outbox ORDER BY position',
  );
  return rows.map(({ event }) => event);
}

describe('a traced request', () => {
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

  function traced(share?: number) {
    const spans = new SeenSpans(share);
    return { spans, to: serviceApi(manifest, routes, database.pool, { tracing: spans.tracing }) };
  }

  it('passes its trace on where the app itself traces nothing', async () => {
    await post(order, { traceparent });
    await post(order, { traceparent: 'nonsense' });
    expect((await outbox()).map((event) => event.traceparent)).toEqual([traceparent, undefined]);
  });

  it("is a span in the client's trace, and the event carries that span", async () => {
    const { spans, to } = traced();
    await post(order, { traceparent }, to);
    const [span, ...more] = spans.all();
    expect(more).toEqual([]);
    expect(span).toMatchObject({
      name: 'POST /orders',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      parentId: '00f067aa0ba902b7',
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/orders',
        'http.response.status_code': 201,
      },
    });
    const own = `00-${span!.traceId}-${span!.spanId}-01`;
    expect(await outbox()).toMatchObject([{ traceparent: own, traceid: own }]);
  });

  it.each([
    [1, '01'],
    [0, '00'],
  ])('begins a trace with share %d where the client has none', async (share, flags) => {
    const { spans, to } = traced(share);
    await post(order, {}, to);
    const [event] = await outbox();
    expect(event!.traceparent).toMatch(new RegExp(`^00-[0-9a-f]{32}-[0-9a-f]{16}-${flags}$`));
    expect(spans.all()).toHaveLength(share);
  });

  it('has a span of what is refused and of what fails', async () => {
    const { spans, to } = traced();
    await post({}, {}, to);
    then = () => Promise.reject(new Error('secret'));
    await post(order, {}, to);
    const seen = spans
      .all()
      .map(({ status, attributes }) => [attributes['http.response.status_code'], status.code]);
    expect(seen).toEqual([
      [400, 0],
      [500, 2],
    ]);
  });
});
