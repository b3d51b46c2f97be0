import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { eventRoute, undeclaredRoute } from '@cdk8s-event-platform/contracts/interface';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import {
  ledger,
  ledgerFaults,
  ledgerIds,
  ledgerManifest,
  Paid,
  quarantinedIds,
} from '../../testing/ledger.ts';
import { RunningConsumer, testEvent } from '../../testing/running-consumer.ts';

let database: TestDatabase;
let running: RunningConsumer;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [ledgerManifest]);
  running = await new RunningConsumer(ledger, database.pool).start();
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});
beforeEach(async () => {
  ledgerFaults.before = () => undefined;
  ledgerFaults.mended = false;
  await database.pool.query('TRUNCATE ledger, processed_events, quarantine');
});

function paid(id: string, account = id, more: object = {}, envelope: object = {}): object {
  return testEvent(Paid, id, { account, amount: 1, ...more }, envelope);
}

const ids = (account?: string) => ledgerIds(database.pool, account);
const quarantined = () => quarantinedIds(database.pool);
const allDone = (count: number) => Array<string>(count).fill('SUCCESS');

describe('a bulk delivery', () => {
  it('is one call of the handler, in its order, and one status for each event', async () => {
    const calls: (readonly string[])[] = [];
    ledgerFaults.before = (batch) => void calls.push(batch);
    const events = Array.from({ length: 100 }, (_, n) => paid(`e${n}`, `a${n % 7}`));
    expect(await running.deliverMany(Paid, events)).toEqual(allDone(100));
    expect(calls).toEqual([events.map((_event, n) => `e${n}`)]);
    expect(await ids()).toHaveLength(100);
  });

  it('has an effect once of what is in it twice, was there before, or comes at the same time', async () => {
    await running.deliverMany(Paid, [paid('1'), paid('2')]);
    const statuses = await Promise.all(
      Array.from({ length: 10 }, () =>
        running.deliverMany(Paid, [paid('3'), paid('2'), paid('3'), paid('1'), paid('4')]),
      ),
    );
    expect(statuses).toEqual(Array(10).fill(allDone(5)));
    expect((await ids()).sort()).toEqual(['1', '2', '3', '4']);
  });

  it('may be huge', async () => {
    const events = Array.from({ length: 5_000 }, (_, n) =>
      paid(`e${n}`, `a${n % 50}`, n === 4_321 ? { then: 'overflow' } : {}),
    );
    expect(await running.deliverMany(Paid, events)).toEqual(allDone(5_000));
    const parked = (await quarantined()).filter((text) => text.endsWith('parked'));
    expect(await ids()).toHaveLength(5_000 - 1 - parked.length);
    expect(parked).toHaveLength(13);
  });

  it('of a type that nobody declared is quarantined', async () => {
    const event = testEvent(Paid, '1', { account: 'a' }, { type: 'com.example.bill.torn' });
    const body = JSON.stringify({ entries: [{ entryId: '0', event }] });
    const { status } = await running.post(undeclaredRoute('bill-paid'), body, 'application/json');
    expect(status).toBe(200);
    const { rows } = await database.pool.query('SELECT event_type, reason, cause FROM quarantine');
    expect(rows).toEqual([
      {
        event_type: 'com.example.bill.torn',
        reason: 'contract',
        cause: 'the type com.example.bill.torn is not declared for this topic',
      },
    ]);
  });

  it('may be empty, and is refused when its entries cannot be answered for', async () => {
    expect(await running.deliverMany(Paid, [])).toEqual([]);
    for (const body of [
      '[]',
      '{}',
      'null',
      '{"entries":1}',
      '{"entries":[null]}',
      '{"entries":[{"entryId":"1"},{"entryId":"1"}]}',
    ]) {
      const answer = await running.post(eventRoute(Paid), body, 'application/json');
      expect([body, answer.status]).toEqual([body, 400]);
    }
  });

  it('takes an event whose trace is no trace, be it good or not', async () => {
    const envelope = { traceparent: 'a\u0000b' };
    const events = [paid('1', '1', {}, envelope), paid('2', '2', { amount: 'x' }, envelope)];
    expect(await running.deliverMany(Paid, events)).toEqual(allDone(2));
    expect(await ids()).toEqual(['1']);
    expect(await quarantined()).toEqual(['2 contract']);
  });

  it('quarantines invalid events in it, and processes the rest', async () => {
    const statuses = await running.deliverMany(Paid, [
      paid('1'),
      Buffer.from('not an event').toString('base64'),
      null,
      { ...paid('2'), specversion: '0.3' },
      paid('3', '3', { amount: 'many' }),
      paid('4', '4', {}, { time: '1999-01-01T00:00:00Z' }),
      paid('5'),
    ]);
    expect(statuses).toEqual(allDone(7));
    expect(await ids()).toEqual(['1', '5']);
    const reasons = (await quarantined()).map((text) => text.split(' ')[1]);
    expect(reasons).toEqual(['malformed', 'malformed', 'malformed', 'contract', 'time']);
  });

  it.each(['overflow', 'mistake'])(
    'finds the events that cannot be processed (%s)',
    async (then) => {
      const bad = new Set([3, 4, 77]);
      const events = Array.from({ length: 100 }, (_, n) =>
        paid(`e${n}`, `a${n}`, bad.has(n) ? { then } : {}),
      );
      expect(await running.deliverMany(Paid, events)).toEqual(allDone(100));
      expect(await ids()).toEqual(events.flatMap((_event, n) => (bad.has(n) ? [] : [`e${n}`])));
      const reason = then === 'overflow' ? 'data' : 'handler';
      expect(await quarantined()).toEqual([`e3 ${reason}`, `e4 ${reason}`, `e77 ${reason}`]);
    },
  );

  it('parks later events of a key behind the one that cannot be processed', async () => {
    const statuses = await running.deliverMany(Paid, [
      paid('1', 'a'),
      paid('2', 'a', { then: 'overflow' }),
      paid('3', 'a'),
      paid('4', 'b'),
    ]);
    expect(statuses).toEqual(allDone(4));
    await running.deliverMany(Paid, [paid('5', 'a'), paid('6', 'b'), paid('3', 'a')]);
    expect(await ids()).toEqual(['1', '4', '6']);
    expect(await quarantined()).toEqual(['2 data', '3 parked', '5 parked']);
  });

  it('parks them behind one that is against its contract, in the same transaction', async () => {
    await running.deliverMany(Paid, [paid('1', 'a', { amount: 'x' }), paid('2', 'a'), paid('3')]);
    expect(await ids()).toEqual(['3']);
    expect(await quarantined()).toEqual(['1 contract', '2 parked']);
  });

  it('is tried again as a whole after a deadlock, and returns only the event that conflicts too often for redelivery', async () => {
    let conflicts = 3;
    ledgerFaults.before = (batch) => {
      if (batch.includes('2') && conflicts-- > 0) {
        throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      }
    };
    expect(await running.deliverMany(Paid, [paid('1'), paid('2')])).toEqual(allDone(2));
    conflicts = 100;
    await database.pool.query('TRUNCATE ledger, processed_events');
    const statuses = await running.deliverMany(Paid, [
      paid('1'),
      paid('2', 'key'),
      paid('3'),
      paid('4', 'key'),
      paid('5'),
    ]);
    // Later events of its key are redelivered, too: they keep their order.
    expect(statuses).toEqual(['SUCCESS', 'RETRY', 'SUCCESS', 'RETRY', 'SUCCESS']);
    expect(await ids()).toEqual(['1', '3', '5']);
    expect(await quarantined()).toEqual([]);
  });

  it('gives up a transaction that takes too long', async () => {
    const impatient = await new RunningConsumer(ledger, database.pool, {
      transactionTimeout: 200,
    }).start();
    ledgerFaults.before = (batch) =>
      batch.includes('slow') ? new Promise((resolve) => setTimeout(resolve, 600)) : undefined;
    const statuses = await impatient.deliverMany(Paid, [paid('slow'), paid('fast')]);
    await impatient.stop();
    expect(statuses).toEqual(allDone(2));
    expect(await ids()).toEqual(['fast']);
    expect(await quarantined()).toEqual(['slow handler']);
  });

  it('keeps order and counts of any mixture of good, bad and repeated events', async () => {
    const event = fc.record({
      id: fc.integer({ min: 0, max: 30 }),
      key: fc.constantFrom('a', 'b', 'c'),
      fault: fc.constantFrom('none', 'none', 'none', 'overflow', 'contract'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(event, { maxLength: 20 }), { maxLength: 4 }),
        async (deliveries) => {
          await database.pool.query('TRUNCATE ledger, processed_events, quarantine');
          // An id is always the same event.
          const known = new Map<number, { id: number; key: string; fault: string }>();
          const arrived: string[] = [];
          const expected: string[] = [];
          const blocked = new Set<string>();
          for (const delivery of deliveries) {
            const events = delivery.map((given) => {
              const { id, key, fault } = known.get(given.id) ?? given;
              if (!known.has(id)) {
                known.set(id, { id, key, fault });
                arrived.push(`${id}`);
                if (fault === 'none' && !blocked.has(key)) {
                  expected.push(`${id}`);
                } else {
                  blocked.add(key);
                }
              }
              const data =
                fault === 'contract' ? { amount: 'x' } : fault === 'none' ? {} : { then: fault };
              return paid(`${id}`, key, data);
            });
            expect(await running.deliverMany(Paid, events)).toEqual(allDone(events.length));
          }
          expect(await ids()).toEqual(expected);
          const held = (await quarantined()).map((text) => text.split(' ')[0]!);
          expect([...held, ...expected].sort()).toEqual([...arrived].sort());
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('the inbox', () => {
  it('has every event processed once more in another epoch', async () => {
    await running.deliverMany(Paid, [paid('1'), paid('2')]);
    const rebuilding = await new RunningConsumer(ledger, database.pool, { epoch: 1 }).start();
    for (let time = 0; time < 2; time++) {
      expect(await rebuilding.deliverMany(Paid, [paid('1'), paid('2')])).toEqual(allDone(2));
    }
    await rebuilding.stop();
    expect(await ids()).toEqual(['1', '2', '1', '2']);
  });

  it('drops the days beyond its retention, and quarantines events of them from then on', async () => {
    const daysAgo = (days: number) => ({
      time: new Date(Date.now() - days * 86_400_000).toISOString(),
    });
    const old = paid('old', 'a', {}, daysAgo(9));
    await running.deliverMany(Paid, [old]);
    const forgetful = await new RunningConsumer(ledger, database.pool, {
      retentionDays: 5,
    }).start();
    const partitions = async () => {
      const { rows } = await database.pool.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM pg_inherits WHERE inhparent = 'processed_events'::regclass`,
      );
      return rows[0]!.count;
    };
    expect(await partitions()).toBe(39);
    expect(await forgetful.deliverMany(Paid, [old, paid('new', 'b', {}, daysAgo(5))])).toEqual(
      allDone(2),
    );
    expect(await partitions()).toBe(8);
    // A consumer that still relies on the days that are gone finds out.
    expect(await running.deliverMany(Paid, [old, paid('newer')])).toEqual(allDone(2));
    await forgetful.stop();
    expect(await ids()).toEqual(['old', 'new', 'newer']);
    expect(await quarantined()).toEqual(['old time']);
    expect(await partitions()).toBe(8);
  });
});

describe('pressure', () => {
  it('has deliveries wait for each other, and refuses those beyond', async () => {
    const narrow = await new RunningConsumer(ledger, database.pool, {
      concurrency: 1,
      queueLimit: 2,
    }).start();
    let open!: () => void;
    const gate = new Promise<void>((resolve) => (open = resolve));
    ledgerFaults.before = () => gate;
    const answers = ['1', '2', '3', '4', '5'].map((id) =>
      narrow.deliver(Paid, id, { account: id, amount: 1 }),
    );
    const refused = await Promise.race(answers);
    expect(refused.status).toBe(503);
    open();
    const statuses = (await Promise.all(answers)).map(({ status }) => status).sort();
    await narrow.stop();
    expect(statuses).toEqual([200, 200, 200, 503, 503]);
    expect(await ids()).toHaveLength(3);
  });

  it('hangs up on clients that do not finish their request', async () => {
    const { connect } = await import('node:net');
    const strict = await new RunningConsumer(ledger, database.pool, {
      requestTimeout: 300,
    }).start();
    const socket = connect(strict.port, '127.0.0.1');
    socket.write(
      `POST ${eventRoute(Paid)} HTTP/1.1\r\nhost: x\r\ncontent-type: application/cloudevents+json\r\ncontent-length: 100\r\n\r\n{"spec`,
    );
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
    });
    expect(answer).not.toContain('200');
    expect((await strict.deliver(Paid, '1', { account: 'a', amount: 1 })).status).toBe(200);
    await strict.stop();
  });
});
