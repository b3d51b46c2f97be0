import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { DeadLetterReceiver } from '../dead-letters/dead-letter-receiver.ts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import {
  ledger,
  ledgerFaults,
  ledgerIds,
  ledgerKeys,
  ledgerManifest,
  Paid,
  quarantinedIds,
} from '../../testing/ledger.ts';
import { RunningConsumer, testEvent } from '../../testing/running-consumer.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';

let database: TestDatabase;
let running: RunningConsumer;
let letters: DeadLetterReceiver;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), [ledgerManifest]);
  running = await new RunningConsumer(ledger, database.pool).start();
  letters = new DeadLetterReceiver(ledgerKeys, database.pool, new RuntimeMetrics(), silentLogger);
});
afterAll(async () => {
  await running.stop();
  await database.drop();
});
beforeEach(async () => {
  ledgerFaults.mended = false;
  ledgerFaults.before = () => undefined;
  await database.pool.query('TRUNCATE ledger, processed_events, quarantine');
});

function paid(id: string, account: string, more: object = {}): object {
  return testEvent(Paid, id, { account, amount: 1, ...more });
}

/** What a sidecar makes of a message that it is told to take as it is. */
function raw(message: object): Buffer {
  const data = Buffer.from(JSON.stringify(message)).toString('base64');
  return Buffer.from(JSON.stringify({ topic: 'bill-paid.ledger.dlq', data_base64: data }));
}

describe('a dead letter', () => {
  it('is kept with its bytes, however deep it is nested or whatever it does to parsers', async () => {
    const messages = [
      `{"specversion":"1.0","id":"1","source":"/s","type":"${Paid.type}","time":"2026-11-27T10:00:00Z","data":${'['.repeat(7_000)}${']'.repeat(7_000)}}`,
      '['.repeat(1_000_000),
      `[${'[],'.repeat(400_000)}[]]`,
      '{"id":1e400}',
      String.raw`{"a":"\ud800"}`,
    ];
    for (const message of messages) {
      const body = Buffer.from(
        JSON.stringify({
          topic: 'bill-paid.ledger.dlq',
          data_base64: Buffer.from(message).toString('base64'),
        }),
      );
      const { outcomes } = await letters.single('/dead-letters/bill-paid.ledger.dlq', body);
      expect(outcomes).toEqual(['quarantined']);
    }
    const { rows } = await database.pool.query<{ event: Buffer }>(
      'SELECT event FROM quarantine ORDER BY id',
    );
    expect(rows.map(({ event }) => event.toString())).toEqual(messages);
  });

  it('is kept again when it was discarded: it has come once more', async () => {
    await letters.single('/dead-letters/bill-paid.ledger.dlq', raw(paid('1', 'a')));
    await database.pool.query(`UPDATE quarantine SET status = 'discarded'`);
    await letters.single('/dead-letters/bill-paid.ledger.dlq', raw(paid('1', 'a')));
    expect(await quarantinedIds(database.pool)).toEqual(['1 undelivered']);
  });
});

describe('a replay that another transaction is in the way of', () => {
  it('is left for later, and those behind it go on', async () => {
    await database.pool.query(`TRUNCATE quarantine`);
    ledgerFaults.mended = false;
    await running.deliverMany(Paid, [
      paid('1', 'a', { then: 'mistake' }),
      paid('2', 'b', { then: 'mistake' }),
    ]);
    ledgerFaults.mended = true;
    ledgerFaults.before = (batch) => {
      if (batch.includes('1')) {
        throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
      }
    };
    await database.pool.query(`UPDATE quarantine SET status = 'replaying'`);
    expect(await running.replayer.round()).toBe(1);
    expect(await running.replayer.round()).toBe(1);
    expect(await running.replayer.round()).toBe(0);
    expect(await ledgerIds(database.pool)).toEqual(['2']);
    ledgerFaults.before = () => undefined;
    await expect.poll(() => running.replayer.round(), { timeout: 5_000 }).toBe(1);
    expect(await ledgerIds(database.pool)).toEqual(['2', '1']);
  });
});
