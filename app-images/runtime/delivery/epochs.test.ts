import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type EventContract } from '@cdk8s-event-platform/contracts';
import { eventRoute } from '@cdk8s-event-platform/contracts/interface';
import { DeadLetterReceiver } from '../dead-letters/dead-letter-receiver.ts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import {
  ledger as bounded,
  ledgerFaults,
  ledgerIds,
  ledgerKeys,
  ledgerManifest,
  Paid,
} from '../../testing/ledger.ts';
import { deliverTexts, eventWith } from '../../testing/raw-delivery.ts';
import { RunningConsumer } from '../../testing/running-consumer.ts';
import { silentLogger } from '../telemetry/logging.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';

/** A ledger whose contract was made without checks: an account may be too long for a key. */
const { schema } = Paid;
const account = { type: 'string' } as const;
const unbounded: EventContract = {
  ...Paid,
  schema: { ...(schema as object), type: 'object', properties: { ...schema.properties, account } },
};
const ledger = { ...bounded, manifest: { ...ledgerManifest, subscribes: [unbounded] } };

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
  await database.pool.query('TRUNCATE ledger, processed_events, quarantine');
});

const deliver = (events: readonly string[]) => deliverTexts(running, events);

async function quarantined(): Promise<{ event: Buffer; reason: string; cause: string }[]> {
  const { rows } = await database.pool.query<{ event: Buffer; reason: string; cause: string }>(
    'SELECT event, reason, cause FROM quarantine ORDER BY id',
  );
  return rows;
}

describe('an event of the quarantine', () => {
  it('is kept again after it was discarded when it fails in another epoch, and not when it is redelivered in the same', async () => {
    const bad = eventWith('1', '{"account":"a","amount":"x"}');
    await deliver([bad]);
    await database.pool.query(`UPDATE quarantine SET status = 'discarded'`);
    await deliver([bad]);
    const status = async () =>
      (await database.pool.query<{ status: string }>('SELECT status FROM quarantine')).rows;
    expect(await status()).toEqual([{ status: 'discarded' }]);
    const next = await new RunningConsumer(ledger, database.pool, { epoch: 1 }).start();
    expect((await next.post(eventRoute(Paid), bad)).status).toBe(200);
    expect(await status()).toEqual([{ status: 'held' }]);
    await next.stop();
  });

  it('is not processed twice when it is replayed after another epoch has processed it', async () => {
    // Without a key it blocks nobody, itself included.
    ledgerFaults.before = (ids) => {
      if (ids.includes('1')) {
        throw new Error('a mistake');
      }
    };
    const event = eventWith('1', `{"account":"${'x'.repeat(600)}","amount":1}`);
    await deliver([event]);
    expect((await quarantined()).map(({ reason }) => reason)).toEqual(['handler']);
    ledgerFaults.before = () => undefined;
    const next = await new RunningConsumer(ledger, database.pool, { epoch: 1 }).start();
    await next.post(eventRoute(Paid), event);
    expect(await ledgerIds(database.pool)).toEqual(['1']);
    await database.pool.query(`UPDATE quarantine SET status = 'replaying'`);
    expect(await next.replayer.round()).toBe(1);
    expect(await ledgerIds(database.pool)).toEqual(['1']);
    expect(await quarantined()).toEqual([]);
    await next.stop();
  });

  it('waits for its replay when it fails, or is parked, in each of two epochs', async () => {
    ledgerFaults.before = (ids) => {
      if (ids.includes('1')) {
        throw new Error('a mistake');
      }
    };
    const events = [
      eventWith('1', '{"account":"key","amount":1}'),
      eventWith('2', '{"account":"key","amount":1}'),
      eventWith('3', `{"account":"${'x'.repeat(600)}","amount":1}`),
    ];
    await deliver(events);
    const next = await new RunningConsumer(ledger, database.pool, { epoch: 1 }).start();
    const entries = events.map((event, n) => `{"entryId":"${n}","event":${event}}`);
    await next.post(eventRoute(Paid), `{"entries":[${entries.join()}]}`, 'application/json');
    ledgerFaults.before = () => undefined;
    await database.pool.query('TRUNCATE ledger');
    await database.pool.query(
      `UPDATE quarantine SET status = 'replaying' WHERE reason <> 'parked'`,
    );
    while ((await next.replayer.round()) > 0);
    expect(await ledgerIds(database.pool)).toEqual(['1', '2']);
    expect(await quarantined()).toEqual([]);
    await next.stop();
  });

  it('waits for its replay when it was a dead letter first, and has failed since', async () => {
    const event = eventWith('1', '{"account":"key","amount":1}');
    const data = Buffer.from(event).toString('base64');
    const letter = JSON.stringify({ topic: 'bill-paid.ledger.dlq', data_base64: data });
    const letters = new DeadLetterReceiver(
      ledgerKeys,
      database.pool,
      new RuntimeMetrics(),
      silentLogger,
    );
    await letters.single('/dead-letters/bill-paid.ledger.dlq', Buffer.from(letter));
    ledgerFaults.before = () => {
      throw new Error('a mistake');
    };
    await deliver([event]);
    ledgerFaults.before = () => undefined;
    await database.pool.query(`UPDATE quarantine SET status = 'replaying'`);
    expect(await running.replayer.round()).toBe(1);
    expect(await ledgerIds(database.pool)).toEqual(['1']);
  });
});
