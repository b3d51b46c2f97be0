import {
  CLAIM_FUNCTION,
  FORGET_CLAIMS_FUNCTION,
  KEEP_CLAIM_FUNCTION,
} from '@cdk8s-event-platform/contracts/interface';
import { runStatement } from '../database/database.ts';
import type { ClaimStore } from './claim-check.ts';

/**
 * Keeps large values of events in the database of the platform: they commit with the event. They are deleted once no
 * topic can deliver the event any more. Apps that publish and receive the event need the same database.
 */
export function postgresClaims(): ClaimStore {
  return {
    put: async (tx, { claim }, content) => {
      await tx.query(`SELECT ${KEEP_CLAIM_FUNCTION}($1, $2)`, [claim, content]);
    },
    get: async (tx, { claim }) => {
      const { rows } = await tx.query<{ content: Buffer | null }>(
        `SELECT ${CLAIM_FUNCTION}($1) AS content`,
        [claim],
      );
      return rows[0]?.content ?? undefined;
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
