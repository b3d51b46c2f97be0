import pg from 'pg';
import type { EventData } from '@cdk8s-event-platform/contracts';
import type { Paid } from './paid.ts';

/** What an event says. */
export type Payment = EventData<typeof Paid>;

/** Anything that runs statements. */
export type Database = Pick<pg.Pool, 'query'>;

/** A pool of ten connections to the database that libpq's variables name: the driver's defaults. */
export function openPool(): pg.Pool {
  const pool = new pg.Pool();
  pool.on('error', (error) => console.error(error.message));
  return pool;
}

/** The effect of an event, the same in every consumer. */
export async function pay(database: Database, payment: Payment): Promise<void> {
  await database.query('INSERT INTO payments (event_id, account, amount) VALUES ($1, $2, $3)', [
    payment.payment_id,
    payment.account,
    payment.amount,
  ]);
}

/**
 * The handler of tutorials: look whether the event was seen, have the effect, remember the event.
 * Each statement commits by itself.
 */
export async function payUnlessSeen(database: Database, payment: Payment): Promise<void> {
  const { payment_id: id } = payment;
  const seen = await database.query('SELECT 1 FROM seen_events WHERE event_id = $1', [id]);
  if (seen.rows.length === 0) {
    await pay(database, payment);
    await database.query('INSERT INTO seen_events (event_id) VALUES ($1)', [id]);
  }
}

/** Inbox row and effect in one transaction, as this project's runtime does for a single event. */
export async function payInTransaction(pool: pg.Pool, payment: Payment): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rowCount } = await client.query(
      'INSERT INTO seen_events (event_id) VALUES ($1) ON CONFLICT DO NOTHING',
      [payment.payment_id],
    );
    if (rowCount === 1) {
      await pay(client, payment);
    }
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}
