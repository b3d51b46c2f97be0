import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { ledgerManifest, Paid } from '../../testing/ledger.ts';
import { RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
import { consumer, each } from '../delivery/consumer.ts';
import { sideEffect, EffectWorker, type EffectRequest } from './effects.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { testSealing } from '../testing/test-sealing.ts';

interface Receipt {
  readonly account: string;
}

let database: TestDatabase;
let running: RunningConsumer;
let sent: EffectRequest<Receipt>[] = [];
let send: (request: EffectRequest<Receipt>) => Promise<void> = () => Promise.resolve();

const receipt = sideEffect<Receipt>('receipt', async (request) => {
  sent.push(request);
  await send(request);
});
const sender = consumer(
  ledgerManifest,
  each(Paid, async (tx, event) => {
    await tx.schedule(receipt, [{ event, payload: { account: event.data.account } }]);
    if (event.data.then === 'mistake') {
      throw new Error('a mistake');
    }
  }),
  receipt,
);

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [ledgerManifest]);
  running = await new RunningConsumer(sender, database.pool).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});
beforeEach(async () => {
  sent = [];
  send = () => Promise.resolve();
  await database.pool.query('TRUNCATE effects, processed_events, quarantine');
});

const worker = (handlers = sender.effects) =>
  new EffectWorker('ledger', handlers, database.pool, silentLogger, testSealing(ledgerManifest));

function pay(id: string, more: object = {}) {
  return running.deliver(Paid, id, { account: 'a', amount: 1, ...more });
}

async function effects(): Promise<unknown[]> {
  const { rows } = await database.pool.query<object>(
    `SELECT event_id, status, token::int, error, due_at > now() AS later FROM effects ORDER BY id`,
  );
  return rows;
}

/** Makes everything due that waits for its next try, as if the time had passed. */
async function letTimePass(): Promise<void> {
  await database.pool.query('UPDATE effects SET due_at = now()');
}

describe('a side effect', () => {
  it('is performed once its event is committed, with a key that stays the same', async () => {
    await pay('1');
    await pay('1');
    expect(sent).toEqual([]);
    expect(await worker().round()).toBe(1);
    expect(await worker().round()).toBe(0);
    expect(sent).toMatchObject([
      {
        payload: { account: 'a' },
        fencingToken: 1,
        idempotencyKey: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    ]);
    expect(await effects()).toMatchObject([{ event_id: '1', status: 'done', error: null }]);
  });

  it('is not performed when its event is not', async () => {
    await pay('1', { then: 'mistake' });
    expect(await effects()).toEqual([]);
    expect(await worker().round()).toBe(0);
  });

  it('is tried again later when it fails, under the same key and a higher token', async () => {
    await pay('1');
    send = () => Promise.reject(new Error('no route to the mail server'));
    await worker().round();
    expect(await effects()).toMatchObject([
      { status: 'pending', token: 1, error: 'no route to the mail server', later: true },
    ]);
    expect(await worker().round()).toBe(0);
    await letTimePass();
    send = () => Promise.resolve();
    await worker().round();
    expect(new Set(sent.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(sent.map(({ fencingToken }) => fencingToken)).toEqual([1, 2]);
    expect(await effects()).toMatchObject([{ status: 'done', token: 2 }]);
  });

  it('waits twice as long after each try, up to an hour, so that 30 tries take less than a day', async () => {
    await pay('1');
    send = () => Promise.reject(new Error('never'));
    const waits: number[] = [];
    for (let tries = 1; tries < 30; tries++) {
      await letTimePass();
      await worker().round();
      const { rows } = await database.pool.query<{ seconds: number }>(
        'SELECT ceil(extract(epoch FROM due_at - now()))::int AS seconds FROM effects',
      );
      waits.push(rows[0]!.seconds);
    }
    expect(waits).toEqual(Array.from({ length: 29 }, (_, n) => Math.min(3_600, 2 ** n)));
    expect(waits.reduce((sum, wait) => sum + wait)).toBeLessThan(86_400);
  });

  it('is given up after many tries, and kept', async () => {
    await pay('1');
    send = () => Promise.reject(new Error('never'));
    await database.pool.query('UPDATE effects SET token = 29');
    await worker().round();
    expect(await effects()).toMatchObject([{ status: 'failed', token: 30, error: 'never' }]);
    await letTimePass();
    expect(await worker().round()).toBe(0);
  });

  it('is one worker’s at a time', async () => {
    for (let n = 0; n < 20; n++) {
      await pay(`${n}`);
    }
    const workers = Array.from({ length: 4 }, () => worker());
    await Promise.all(workers.map((one) => one.round()));
    await Promise.all(workers.map((one) => one.round()));
    expect(sent).toHaveLength(20);
    expect(new Set(sent.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(20);
  });

  it('is another worker’s when the lease has run out, and the first one notes nothing over it', async () => {
    await pay('1');
    let fail!: (error: Error) => void;
    send = () => new Promise((_resolve, reject) => (fail = reject));
    const slow = worker().round();
    await expect.poll(() => sent.length).toBe(1);
    await letTimePass();
    send = () => Promise.resolve();
    expect(await worker().round()).toBe(1);
    fail(new Error('too late'));
    await slow;
    expect(await effects()).toMatchObject([{ status: 'done', token: 2, error: null }]);
  });

  it('that the image does not know is kept, with the reason', async () => {
    await pay('1');
    await worker(new Map()).round();
    expect(await effects()).toMatchObject([
      { status: 'pending', error: "this image has no side effect 'receipt'" },
    ]);
  });

  it('is not performed again when the log is run through again', async () => {
    await pay('1');
    await worker().round();
    const rebuilding = await new RunningConsumer(sender, database.pool, { epoch: 1 }).start();
    await rebuilding.deliver(Paid, '1', { account: 'a', amount: 1 });
    await rebuilding.stop();
    expect(await worker().round()).toBe(0);
    expect(sent).toHaveLength(1);
  });

  it('carries the trace of its event', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await running.post(
      `/events/${Paid.type}`,
      JSON.stringify(testEvent(Paid, '1', { account: 'a', amount: 1 }, { traceparent })),
    );
    await worker().round();
    expect(sent[0]!.traceparent).toBe(traceparent);
  });
});

it('two effects of one kind are refused', () => {
  expect(() =>
    consumer(
      ledgerManifest,
      each(Paid, () => Promise.resolve()),
      receipt,
      receipt,
    ),
  ).toThrow('ledger: two effects of one kind: keep one');
});

describe('one bad effect', () => {
  it('does not keep others waiting, however long it takes', async () => {
    let release: () => void = () => undefined;
    const stuck = new Promise<void>((resolve) => (release = resolve));
    send = ({ payload }) => (payload.account === 'stuck' ? stuck : Promise.resolve());
    await pay('1', { account: 'stuck' });
    await pay('2');
    await pay('3');
    const performing = worker();
    expect(await performing.round()).toBe(3);
    expect(await effects()).toMatchObject([
      { event_id: '1', status: 'pending' },
      { event_id: '2', status: 'done' },
      { event_id: '3', status: 'done' },
    ]);
    await pay('4');
    expect(await performing.round()).toBe(1);
    release();
    await performing.settle();
    expect((await effects()).map((row) => (row as { status: string }).status)).toEqual(
      Array(4).fill('done'),
    );
  });

  it('of a kind that takes long leaves places for other kinds', async () => {
    const never = new Promise<void>(() => undefined);
    const others: string[] = [];
    const kinds = new Map([
      ['receipt', sideEffect('receipt', () => never)],
      [
        'other',
        sideEffect('other', ({ payload }) => Promise.resolve(void others.push(payload as string))),
      ],
    ]);
    await database.pool.query(
      `INSERT INTO effects (consumer, kind, source, event_id, payload, due_at)
       SELECT 'ledger', CASE WHEN n <= 50 THEN 'receipt' ELSE 'other' END, '/s', n::text, '"x"', now() - make_interval(secs => 100 - n)
       FROM generate_series(1, 60) n`,
    );
    const performing = worker(kinds);
    for (let round = 0; round < 12; round++) {
      await performing.round();
    }
    expect(others.length).toBe(10);
  });

  it('is noted whatever its error says', async () => {
    send = () => Promise.reject(new Error(`\u0000 \ud800 ${'x'.repeat(20_000)}`));
    await pay('1');
    await worker().round();
    expect(await effects()).toMatchObject([{ status: 'pending', token: 1, later: true }]);
    const [{ error }] = (await effects()) as [{ error: string }];
    expect(error.slice(0, 5)).toBe('\uFFFD \uFFFD x');
  });

  it('whose payload no database takes is its event alone, which is quarantined', async () => {
    const events = ['1', '2', '3'].map((id) =>
      testEvent(Paid, id, { account: id, amount: 1, ...(id === '2' && { account: 'a\u0000' }) }),
    );
    expect(await running.deliverMany(Paid, events)).toEqual(Array(3).fill('SUCCESS'));
    expect((await effects()).map((row) => (row as { event_id: string }).event_id)).toEqual([
      '1',
      '3',
    ]);
  });
});
