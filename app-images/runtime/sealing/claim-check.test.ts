import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { RunningConsumer } from '../../testing/running-consumer.ts';
import { consumer, each } from '../delivery/consumer.ts';
import { DependencyUnavailableError } from '../errors/failure.ts';
import { TestApp } from '../testing/test-app.ts';
import { claimCheck, type ClaimStore } from './claim-check.ts';
import { postgresClaims } from './postgres-claims.ts';

const Scanned = defineEvent({
  ...{ type: 'com.example.page.scanned', version: '1.0.0', topic: 'page-scanned', key: 'page' },
  description: 'A page was scanned.',
  schema: {
    type: 'object',
    required: ['page', 'lines'],
    properties: {
      page: { type: 'string', maxLength: 64 },
      lines: { type: 'array', items: { type: 'string', minLength: 1 }, claimCheck: true },
    },
  },
});
const manifest = defineApp({
  ...{ appId: 'scanner', description: 'Scans pages.', port: 8080 },
  ...{ publishes: [Scanned], subscribes: [Scanned] },
  migrations: [{ name: '0100-pages', sql: 'CREATE TABLE pages (page text, lines jsonb)' }],
});
/** A store that can be out of reach. */
const outage = { on: false };
const reachable = (): Promise<void> =>
  outage.on ? Promise.reject(new DependencyUnavailableError('no store')) : Promise.resolve();
const inner = postgresClaims();
const store: ClaimStore = {
  ...inner,
  put: (...args) => reachable().then(() => inner.put(...args)),
  get: (...args) => reachable().then(() => inner.get(...args)),
};
const claims = [claimCheck(Scanned, 'lines', store, { inlineBytes: 100, maxBytes: 4_000_000 })];
const on = [
  each(Scanned, async (tx, { data: { page, lines } }) => {
    await tx.query('INSERT INTO pages VALUES ($1, $2)', [page, JSON.stringify(lines)]);
  }),
];
const large = {
  page: 'p',
  lines: Array.from({ length: 3_000 }, (_, n) => `line ${n} `.repeat(20)),
};

let database: TestDatabase;
let app: TestApp;
let running: RunningConsumer;
beforeAll(async () => {
  vi.stubEnv('MAX_EVENT_BYTES', JSON.stringify({ 'page-scanned': 262_144 }));
  database = await createDatabase(inject('postgresPort'), [manifest]);
  app = new TestApp(
    {
      ...{ manifest, on, claims },
      routes: (api) => {
        api.post('/pages', { maxBodyBytes: 8_000_000 }, async (tx, { id, body }) => {
          await tx.publish(Scanned, body as typeof large, { discriminator: id });
        });
      },
    },
    database,
  );
  running = await new RunningConsumer(consumer(manifest, ...on), database.pool, { claims }).start();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await running.stop();
  await database.drop();
});
beforeEach(async () => {
  outage.on = false;
  await database.pool.query('TRUNCATE pages, processed_events, quarantine, outbox, claims');
});

async function published(): Promise<{ id: string; data: { page: string; lines: unknown } }[]> {
  const { rows } = await database.pool.query<{ event: string }>(
    'SELECT event FROM outbox ORDER BY position',
  );
  return rows.map(({ event }) => JSON.parse(event) as never);
}

/** Publishes data, and returns the event as it is on the wire. */
async function onTheWire(body: object) {
  const { status } = await app.request('POST', '/pages', { body });
  expect(status).toBe(204);
  return (await published()).at(-1)!;
}

async function pages(): Promise<unknown[]> {
  const { rows } = await database.pool.query<object>('SELECT page, lines FROM pages');
  return rows;
}

async function count(table: string): Promise<number> {
  const { rows } = await database.pool.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM ${table}`,
  );
  return rows[0]!.n;
}

describe('a claim check', () => {
  it('keeps a large value in the store, and its hash and size in the event', async () => {
    const { id, data } = await onTheWire(large);
    expect(data).toEqual({
      page: 'p',
      lines: {
        claim: expect.stringMatching(/^\d{4}-\d\d-\d\d\/[0-9a-f]{64}$/) as string,
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
        bytes: Buffer.byteLength(JSON.stringify(large.lines)),
      },
    });
    await running.deliver(Scanned, id, data);
    expect(await pages()).toEqual([large]);
    expect(await count('claims')).toBe(1);
  });

  it('leaves a small value in the event', async () => {
    const small = { page: 'p', lines: ['one'] };
    const { id, data } = await onTheWire(small);
    expect(data).toEqual(small);
    await running.deliver(Scanned, id, data);
    expect(await pages()).toEqual([small]);
    expect(await count('claims')).toBe(0);
  });

  it('checks the value by the schema, and limits its size', async () => {
    for (const [lines, problem] of [
      [['x'.repeat(200), ''], 'data/lines/1 must NOT have fewer than 1 characters'],
      [['x'.repeat(4_000_001)], 'data/lines has 4000005 bytes, and at most 4000000 are kept'],
    ] as const) {
      const answer = await app.request('POST', '/pages', { body: { page: 'p', lines } });
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.body)).toContain(problem);
    }
    expect([await count('claims'), await count('outbox')]).toEqual([0, 0]);
  });

  it('publishes nothing while the store is out of reach', async () => {
    outage.on = true;
    const answer = await app.request('POST', '/pages', { body: large });
    expect(answer.status).toBe(503);
    expect([await count('claims'), await count('outbox')]).toEqual([0, 0]);
  });

  it('holds the delivery while the store is out of reach', async () => {
    const { id, data } = await onTheWire(large);
    outage.on = true;
    const delivery = running.deliver(Scanned, id, data);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect([await pages(), await count('quarantine')]).toEqual([[], 0]);
    outage.on = false;
    expect((await delivery).status).toBe(200);
    expect(await pages()).toEqual([large]);
  });

  it.each([
    [
      'a wrong hash',
      "UPDATE claims SET content = overlay(content placing '\\x21' from 3)",
      /and the store has \d+ bytes with the hash [0-9a-f]{64}$/,
    ],
    [
      'a value that is gone',
      'DELETE FROM claims',
      /^data\/lines refers to '.*', which the store does not have: its time may be over$/,
    ],
  ])('quarantines an event with %s, and parks what follows', async (_name, harm, cause) => {
    const { id, data } = await onTheWire(large);
    await database.pool.query(harm);
    await running.deliver(Scanned, id, data);
    await running.deliver(Scanned, 'next', { page: 'p', lines: ['x'] });
    const { rows } = await database.pool.query<{ reason: string; cause: string }>(
      'SELECT reason, cause FROM quarantine ORDER BY id',
    );
    expect(rows).toEqual([
      { reason: 'contract', cause: expect.stringMatching(cause) as string },
      { reason: 'parked', cause: expect.any(String) as string },
    ]);
    expect(await pages()).toEqual([]);
  });

  it('does not take a value that looks like a reference for one', async () => {
    const claim = { claim: `2026-11-28/${'a'.repeat(64)}`, sha256: 'a'.repeat(64), bytes: 1 };
    const { id, data } = await onTheWire({ page: 'p', lines: claim });
    expect(data.lines).not.toEqual(claim);
    await running.deliver(Scanned, id, data);
    expect(await pages()).toEqual([{ page: 'p', lines: claim }]);
  });

  it('deletes values whose time is over', async () => {
    await onTheWire(large);
    const own = database.poolOf('scanner');
    expect(await inner.forget!(own)).toBe(0);
    const over = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
    await database.pool.query('UPDATE claims SET claim = $1 || substr(claim, 11)', [over]);
    expect(await inner.forget!(own)).toBe(1);
    expect(await count('claims')).toBe(0);
  });

  it('keeps values for as long as the platform says', async () => {
    const until = async () => {
      await onTheWire(large);
      const { rows } = await database.pool.query<{ day: string }>(
        "SELECT split_part(claim, '/', 1) AS day FROM claims",
      );
      await database.pool.query('TRUNCATE claims');
      return rows[0]!.day;
    };
    const after = (days: number) =>
      new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    expect(await until()).toBe(after(36));
    vi.stubEnv('CLAIM_DAYS', '3');
    expect(await until()).toBe(after(3));
    vi.stubEnv('CLAIM_DAYS', 'unlimited');
    expect(await until()).toBe('always');
    vi.stubEnv('CLAIM_DAYS', undefined);
  });
});

it('delivers many large values at once within limited memory', async () => {
  const events = [];
  for (let index = 0; index < 20; index++) {
    events.push(await onTheWire({ page: `p${index}`, lines: ['x'.repeat(3_900_000)] }));
  }
  const gets = vi.spyOn(store, 'get');
  const outcomes = await app.deliverAll(
    Scanned,
    events.map(({ id, data }) => ({ id, data: data as never })),
  );
  expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['processed']));
  expect(gets).toHaveBeenCalledTimes(20);
  expect(await count('pages')).toBe(20);
});

it.each([
  [
    'a property without the mark',
    () => claimCheck(Scanned, 'page', store),
    "claimCheck of 'page' in com.example.page.scanned: mark the property",
  ],
  [
    'an unknown property',
    () => claimCheck(Scanned, 'constructor', store),
    "claimCheck of 'constructor'",
  ],
  [
    'a negative limit',
    () => claimCheck(Scanned, 'lines', store, { maxBytes: -1 }),
    'maxBytes (-1) must be a whole number',
  ],
  [
    'no store',
    () => new TestApp({ manifest, on }, database),
    "scanner: no store for 'lines' of com.example.page.scanned",
  ],
  [
    'two stores',
    () => new TestApp({ manifest, on, claims: [...claims, ...claims] }, database),
    'two claim checks of one property',
  ],
])('refuses %s', (_name, create, message) => {
  expect(create).toThrow(message);
});
