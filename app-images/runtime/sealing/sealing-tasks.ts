import type pg from 'pg';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import {
  contractName,
  ERASED_BY_TABLE,
  ERASURES_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import { inTransaction, runStatement, type Transaction } from '../database/database.ts';
import type { Logger } from '../telemetry/logging.ts';
import type { ClaimCheck } from './claim-check.ts';

/** Erases what an app keeps of a subject. */
export type Erase = (tx: Transaction, subject: string) => Promise<void>;

/** What {@link sealingTasks} needs. */
export interface SealingTasksOptions {
  readonly manifest: AppManifest;
  readonly log: Logger;
  readonly claims?: readonly ClaimCheck[] | undefined;
  readonly erase?: Erase | undefined;
}

/** Subjects that are erased in one round. */
const SUBJECTS_PER_ROUND = 20;

const DUE = `SELECT subject FROM ${ERASURES_TABLE} e
WHERE NOT EXISTS (SELECT FROM ${ERASED_BY_TABLE} b WHERE b.app = $1 AND b.subject = e.subject)
ORDER BY requested_at LIMIT ${SUBJECTS_PER_ROUND}`;

/** Notes that an app has erased a subject: of several pods that try at once, one does it. */
const NOTE = `INSERT INTO ${ERASED_BY_TABLE} (app, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING`;

/** What an app does now and then: erases subjects, and deletes values that no event refers to any more. */
export function sealingTasks({
  manifest,
  log,
  claims = [],
  erase,
}: SealingTasksOptions): ((pool: pg.Pool) => Promise<void>)[] {
  const { appId, publishes = [] } = manifest;
  // Who publishes values knows for how long they are needed.
  const names = new Set(publishes.map(contractName));
  const own = claims.filter(({ contract }) => names.has(contractName(contract)));
  const stores = [...new Set(own.map(({ store }) => store))];
  return [
    ...(erase === undefined ? [] : [(pool: pg.Pool) => eraseDue(pool, appId, erase, log)]),
    ...stores.map((store) => async (pool: pg.Pool) => {
      await store.forget?.(pool);
    }),
  ];
}

async function eraseDue(pool: pg.Pool, appId: string, erase: Erase, log: Logger): Promise<void> {
  const { rows } = await runStatement<{ subject: string }>(pool, DUE, [appId]);
  for (const { subject } of rows) {
    await inTransaction(pool, async (tx) => {
      const { rowCount } = await tx.query(NOTE, [appId, subject]);
      if (rowCount === 1) {
        await erase(tx, subject);
        log.info({ app: appId }, 'personal data of a subject erased');
      }
    });
  }
}
