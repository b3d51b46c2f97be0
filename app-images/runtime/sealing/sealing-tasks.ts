import type pg from 'pg';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { contractsOfStreams, withCode } from '@cdk8s-event-platform/contracts/internal';
import {
  contractName,
  ERASED_BY_TABLE,
  ERASURES_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import { inTransaction, runStatement, type Transaction } from '../database/database.ts';
import type { Logger } from '../telemetry/logging.ts';
import { runAll } from '../process/housekeeping.ts';
import type { ClaimCheck } from './claim-check.ts';
import { hasPersonalData } from './personal-data.ts';

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
ORDER BY random() LIMIT ${SUBJECTS_PER_ROUND}`;

/** Notes that an app has erased a subject: of several pods that try at once, one does it. */
const NOTE = `INSERT INTO ${ERASED_BY_TABLE} (app, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING`;

/** What an app does now and then: erases subjects, and deletes values that no event refers to any more. */
export function sealingTasks({
  manifest,
  log,
  claims = [],
  erase,
}: SealingTasksOptions): ((pool: pg.Pool) => Promise<void>)[] {
  const { appId, publishes = [], subscribes = [], streams = [], projections = [] } = manifest;
  const {
    erases = [...publishes, ...subscribes, ...streams.flatMap(contractsOfStreams)].some(
      hasPersonalData,
    ),
  } = manifest;
  if (erase !== undefined && !erases) {
    throw new Error(
      withCode(
        'EP8002',
        `${appId}: erase without events that hold personal data: say \`erases: true\` in the manifest, mark what is personal in a contract with pii: true, or leave erase out`,
      ),
    );
  }
  const isPersonal = streams.flatMap(contractsOfStreams).some(hasPersonalData);
  if (isPersonal && erases && erase === undefined && projections.length > 0) {
    log.warn(
      { app: appId },
      'projections of streams that hold personal data, and no erase: delete what they keep of a person there, or say `erases: false` in the manifest if they keep nothing',
    );
  }
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
  const eraseOne = (subject: string) => () =>
    inTransaction(pool, async (tx) => {
      const { rowCount } = await tx.query(NOTE, [appId, subject]);
      if (rowCount === 1) {
        await erase(tx, subject);
        log.info({ app: appId }, 'personal data of a subject erased');
      }
    });
  // One that fails does not keep the others waiting.
  await runAll(rows.map(({ subject }) => eraseOne(subject)));
}
