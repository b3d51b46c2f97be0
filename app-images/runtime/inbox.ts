import type pg from 'pg';
import { INBOX_TABLE } from '../../constructs/contracts/index.ts';
import type { CloudEvent } from './cloud-event.ts';
import type { Transaction } from './database.ts';

/** What became of an event: its effect was committed now, or had been before. */
export type Outcome = 'processed' | 'duplicate';

const RECORD_EVENT = `INSERT INTO ${INBOX_TABLE} (consumer, source, event_id, event_type)
VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`;

/**
 * Runs an effect once for each event and consumer. The inbox row and the effect are one
 * transaction. A concurrent delivery of the same event waits at the row until this one has ended,
 * and then finds it, or takes over.
 *
 * @throws what the effect or the database throws; then neither row nor effect is there, unless the
 * connection broke during COMMIT. Trying again is safe in every case.
 */
export async function processOnce(
  pool: pg.Pool,
  consumer: string,
  event: CloudEvent,
  effect: (tx: Transaction) => Promise<void>,
): Promise<Outcome> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const recorded = await client.query(RECORD_EVENT, [
      consumer,
      event.source,
      event.id,
      event.type,
    ]);
    if (recorded.rowCount === 0) {
      await client.query('ROLLBACK');
      return 'duplicate';
    }
    await effect({ query: (statement, values) => client.query(statement, values?.slice()) });
    const { command } = await client.query('COMMIT');
    if (command !== 'COMMIT') {
      // PostgreSQL answers a COMMIT after a failed statement with ROLLBACK, not with an error.
      throw new Error('a statement failed and its handler hid the error: nothing was committed');
    }
    return 'processed';
  } catch (error) {
    await client.query('ROLLBACK').catch((reason: unknown) => {
      broken = reason as Error;
    });
    throw error;
  } finally {
    // A connection that could not roll back is closed, not handed to the next delivery.
    client.release(broken);
  }
}
