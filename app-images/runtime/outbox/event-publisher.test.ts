import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { defineEvent, defineApp, type AppManifest } from '@cdk8s-event-platform/contracts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { Paid } from '../../testing/ledger.ts';
import { RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
import { batch, consumer, each, type Handler } from '../delivery/consumer.ts';

const Receipt = defineEvent({
  ...Paid,
  type: 'com.example.receipt.written',
  topic: 'receipt-written',
  description: 'A receipt was written.',
});
const manifest = defineApp({
  appId: 'receipts',
  description: 'Writes a receipt for each payment.',
  port: 8080,
  subscribes: [Paid],
  publishes: [Receipt],
});

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [manifest]);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE outbox, processed_events, quarantine, effects'));

/** What was published. */
interface Published {
  readonly id: string;
  readonly source: string;
  readonly time: string;
  readonly correlationid: string;
  readonly causationid: string;
  readonly traceparent?: string;
  readonly data: { readonly account: string; readonly amount: number };
}

async function published(): Promise<Published[]> {
  const { rows } = await database.pool.query<{ event: Published }>(
    'SELECT event::json AS event FROM outbox ORDER BY position',
  );
  return rows.map(({ event }) => event);
}

async function quarantined(): Promise<string[]> {
  const { rows } = await database.pool.query<{ cause: string }>('SELECT cause FROM quarantine');
  return rows.map(({ cause }) => cause);
}

/** Runs a consumer while something is delivered to it. */
async function running(
  handler: Handler,
  deliver: (app: RunningConsumer) => Promise<unknown>,
  { epoch = 0, of = manifest }: { epoch?: number; of?: AppManifest } = {},
): Promise<void> {
  const app = await new RunningConsumer(consumer(of, handler), database.pool, { epoch }).start();
  try {
    await deliver(app);
  } finally {
    await app.stop();
  }
}

/** The same for every delivery: an event of another day is another event. */
const time = new Date().toISOString();
const payment = { account: 'x', amount: 1 };
const receipts = each(Paid, async (tx, { data }) => {
  await tx.publish(Receipt, { account: data.account, amount: data.amount });
});

describe('tx.publish', () => {
  it('makes an event of the app that follows from the one that is handled', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await running(receipts, (app) => app.deliver(Paid, 'a', payment, { traceparent }));
    expect(await published()).toEqual([
      {
        specversion: '1.0',
        id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        source: '/receipts',
        type: Receipt.type,
        time: expect.any(String) as string,
        datacontenttype: 'application/json',
        dataschema: `urn:event-platform:${Receipt.type}:1.0.0`,
        correlationid: 'a',
        causationid: 'a',
        traceparent,
        traceid: traceparent,
        data: payment,
      },
    ]);
    expect(Date.parse((await published())[0]!.time)).toBeGreaterThan(Date.now() - 60_000);
  });

  it('keeps the beginning of it all', async () => {
    await running(receipts, (app) =>
      app.deliver(Paid, 'a', payment, { correlationid: 'order-7', causationid: 'request-1' }),
    );
    const [{ correlationid, causationid }] = (await published()) as [Published];
    expect({ correlationid, causationid }).toEqual({ correlationid: 'order-7', causationid: 'a' });
  });

  it('gives the same id for the same cause alone', async () => {
    const idOf = async (id: string, changes: object = {}, of: AppManifest = manifest) => {
      await database.pool.query('TRUNCATE outbox, processed_events');
      await running(receipts, (app) => app.deliver(Paid, id, payment, { time, ...changes }), {
        of,
      });
      return (await published())[0]!.id;
    };
    const first = await idOf('a');
    expect(await idOf('a')).toBe(first);
    const yesterday = new Date(Date.now() - 86_400_000).toISOString();
    const others = [
      await idOf('b'),
      await idOf('a', { source: '/another' }),
      await idOf('a', { time: yesterday }),
      await idOf('a', {}, { ...manifest, appId: 'another' }),
    ];
    expect(new Set([first, ...others]).size).toBe(5);
  });

  it('takes an id, a time, a source and a cause', async () => {
    const cause = { source: '/elsewhere', id: 'c', correlationid: 'd' };
    const own = { id: 'own', time: '2026-11-21T10:00:00Z' };
    const handler = each(Paid, (tx) => tx.publish(Receipt, payment, { ...own, cause }));
    await running(handler, (app) => app.deliver(Paid, 'a', payment), {
      of: { ...manifest, source: '/receipts/v2' },
    });
    expect(await published()).toMatchObject([
      { ...own, source: '/receipts/v2', correlationid: 'd', causationid: 'c' },
    ]);
  });

  it('wants a discriminator for a second event of a type and cause', async () => {
    const twice = (discriminator: (index: number) => object) =>
      each(Paid, async (tx) => {
        for (const index of [1, 2]) {
          await tx.publish(Receipt, { ...payment, amount: index }, discriminator(index));
        }
      });
    await running(
      twice(() => ({})),
      (app) => app.deliver(Paid, 'a', payment),
    );
    expect([await published(), (await quarantined())[0]]).toEqual([
      [],
      expect.stringContaining('follow from one cause: give each a discriminator'),
    ]);
    await running(
      twice((index) => ({ discriminator: String(index) })),
      (app) => app.deliver(Paid, 'b', { account: 'y', amount: 1 }),
    );
    expect(new Set((await published()).map(({ id }) => id)).size).toBe(2);
  });

  it('refuses what the manifest does not publish, and what is not as its contract says', async () => {
    const wrong = defineEvent({ ...Receipt, type: 'com.example.wrong', topic: 'wrong' });
    await running(
      each(Paid, (tx) => tx.publish(wrong, payment)),
      (app) => app.deliver(Paid, 'a', payment),
    );
    await running(
      each(Paid, (tx) => tx.publish(Receipt, { account: 'x' })),
      (app) => app.deliver(Paid, 'b', { account: 'y', amount: 1 }),
    );
    expect(await quarantined()).toEqual([
      expect.stringContaining(
        `'com.example.wrong' 1.0.0 is not published by receipts: add it to its manifest`,
      ),
      expect.stringContaining("required property 'amount'"),
    ]);
  });
});

describe('tx.publishAll', () => {
  const all = batch(Paid, (tx, events) =>
    tx.publishAll(
      Receipt,
      events.map((event) => ({ cause: event, data: event.data })),
    ),
  );

  it('keeps the order of the events, in one statement', async () => {
    const data = Array.from({ length: 50 }, (_, amount) => ({ account: `a${amount % 3}`, amount }));
    await running(all, (app) =>
      app.deliverMany(
        Paid,
        data.map((item, index) => testEvent(Paid, `e${index}`, item)),
      ),
    );
    expect((await published()).map(({ data: { amount } }) => amount)).toEqual(
      data.map(({ amount }) => amount),
    );
  });

  it('has to be told the cause of each', async () => {
    await running(
      batch(Paid, (tx) => tx.publishAll(Receipt, [{ data: payment }])),
      (app) => app.deliver(Paid, 'a', payment),
    );
    expect(await quarantined()).toEqual([
      expect.stringContaining('has no cause that its id could follow from'),
    ]);
  });
});

describe('a new run through the log', () => {
  it('publishes what is new, and nothing once more', async () => {
    await running(receipts, (app) => app.deliver(Paid, 'old', payment, { time }));
    await database.pool.query('TRUNCATE outbox');
    await running(
      receipts,
      async (app) => {
        await app.deliver(Paid, 'old', payment, { time });
        await app.deliver(Paid, 'new', payment);
      },
      { epoch: 1 },
    );
    expect((await published()).map(({ causationid }) => causationid)).toEqual(['new']);
  });

  it('publishes once more, with the same id, where the handler says so', async () => {
    const again = each(Paid, (tx) => tx.publish(Receipt, payment, { duringReplay: true }));
    await running(again, (app) => app.deliver(Paid, 'old', payment, { time }));
    await running(again, (app) => app.deliver(Paid, 'old', payment, { time }), { epoch: 1 });
    const ids = (await published()).map(({ id }) => id);
    expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  });

  it('publishes what failed in the run before', async () => {
    let broken = true;
    const mended = each(Paid, async (tx) => {
      if (broken) {
        throw new Error('a mistake');
      }
      await tx.publish(Receipt, payment);
    });
    await running(mended, (app) => app.deliver(Paid, 'old', payment, { time }));
    expect(await published()).toEqual([]);
    broken = false;
    await running(
      mended,
      async (app) => {
        await database.pool.query(`UPDATE quarantine SET status = 'replaying'`);
        await app.replayer.round();
      },
      { epoch: 1 },
    );
    expect((await published()).map(({ causationid }) => causationid)).toEqual(['old']);
  });
});
