import type pg from 'pg';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import type { EventKeys } from '../runtime/dead-letters/event-keys.ts';
import { batch, consumer } from '../runtime/delivery/consumer.ts';

/** A payment into an account; `then` says what goes wrong with it. */
export const Paid = defineEvent({
  type: 'com.example.bill.paid',
  version: '1.0.0',
  topic: 'bill-paid',
  key: 'account',
  description: 'A bill was paid.',
  schema: {
    type: 'object',
    required: ['account', 'amount'],
    properties: {
      account: { type: 'string', minLength: 1, maxLength: 128 },
      amount: {
        type: 'integer',
        minimum: Number.MIN_SAFE_INTEGER,
        maximum: Number.MAX_SAFE_INTEGER,
      },
      then: { enum: ['overflow', 'mistake'] },
    },
  },
});

/** Keeps payments in the order in which they were processed. */
export const ledgerManifest = defineApp({
  appId: 'ledger',
  description: 'Keeps payments.',
  port: 8080,
  subscribes: [Paid],
  migrations: [
    {
      name: '0100-ledger',
      sql: `CREATE TABLE ledger (id bigint GENERATED ALWAYS AS IDENTITY, event_id text, account text, amount int);`,
    },
  ],
});

/** What the ledger's handler is told to do beside its work. */
export const ledgerFaults: {
  /** Called with each batch of event ids before its effect. */
  before: (ids: readonly string[]) => void | Promise<void>;
  /** Whether mistakes are mended. */
  mended: boolean;
} = { before: () => undefined, mended: false };

/** A consumer with one set-based handler. */
export const ledger = consumer(
  ledgerManifest,
  batch(Paid, async (tx, events) => {
    await ledgerFaults.before(events.map(({ id }) => id));
    if (!ledgerFaults.mended && events.some(({ data }) => data.then === 'mistake')) {
      throw new Error('a mistake in the handler');
    }
    const amounts = events.map(({ data }) =>
      !ledgerFaults.mended && data.then === 'overflow' ? 3_000_000_000 : data.amount,
    );
    await tx.query(
      'INSERT INTO ledger (event_id, account, amount) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])',
      [events.map(({ id }) => id), events.map(({ data }) => data.account), amounts],
    );
  }),
);

/** Ids of the ledger in the order in which they were processed, of one account or of all. */
export async function ledgerIds(pool: pg.Pool, account?: string): Promise<string[]> {
  const { rows } = await pool.query<{ event_id: string }>(
    'SELECT event_id FROM ledger WHERE account = $1 OR $1 IS NULL ORDER BY id',
    [account ?? null],
  );
  return rows.map((row) => row.event_id);
}

/** Id, reason and status of what is in the quarantine. */
export async function quarantinedIds(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ text: string }>(
    `SELECT concat_ws(' ', event_id, reason, nullif(status, 'held')) AS text FROM quarantine ORDER BY id`,
  );
  return rows.map(({ text }) => text);
}

/** Keys of the events, as a dead-letter processor reads them. */
export const ledgerKeys: EventKeys = new Map([[Paid.type, Paid.key]]);
