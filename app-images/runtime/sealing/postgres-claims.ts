import {
  CLAIM_DAYS_ENV,
  CLAIMS_TABLE,
  DEFAULT_CLAIM_DAYS,
  FORGET_CLAIMS_FUNCTION,
} from '@cdk8s-event-platform/contracts/interface';
import { runStatement } from '../database/database.ts';
import { numberFromEnv } from '../process/environment.ts';
import type { ClaimStore } from './claim-check.ts';

/** Days until a value is deleted; null keeps it for good. */
function daysToKeep(): number | null {
  return process.env[CLAIM_DAYS_ENV] === 'unlimited'
    ? null
    : numberFromEnv(CLAIM_DAYS_ENV, 1, 36_500, DEFAULT_CLAIM_DAYS);
}

/**
 * Keeps large values of events in the database of the platform: they commit with the event. They are deleted once no
 * topic can deliver the event any more.
 */
export function postgresClaims(): ClaimStore {
  return {
    put: async (tx, { claim }, content) => {
      await tx.query(
        `INSERT INTO ${CLAIMS_TABLE} (claim, content, expires_at)
         VALUES ($1, $2, now() + make_interval(days => $3 + 1)) ON CONFLICT DO NOTHING`,
        [claim, content, daysToKeep()],
      );
    },
    get: async (tx, { claim }) => {
      const { rows } = await tx.query<{ content: Buffer }>(
        `SELECT content FROM ${CLAIMS_TABLE} WHERE claim = $1`,
        [claim],
      );
      return rows[0]?.content;
    },
    forget: async (pool) => {
      const { rows } = await runStatement<{ forgotten: string }>(
        pool,
        `SELECT ${FORGET_CLAIMS_FUNCTION}() AS forgotten`,
        [],
      );
      return Number(rows[0]!.forgotten);
    },
  };
}
