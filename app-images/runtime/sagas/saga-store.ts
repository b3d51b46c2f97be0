import type pg from 'pg';
import {
  SAGA_COMMANDS_TABLE,
  SAGA_DAYS,
  SAGAS_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import { runStatement, type Transaction } from '../database/database.ts';
import { storable } from '../database/storable.ts';
import type { OpenSagas } from '../telemetry/saga-metrics.ts';
import { ENDED, type SagaAction, type SagaState } from './saga-state.ts';

/** What names a saga. */
export interface SagaKey {
  /** Name of its contract. */
  readonly saga: string;
  readonly id: string;
}

/** A saga as the table has it. */
export interface SagaRow extends SagaKey {
  /** Major version that it was started with. */
  readonly version: number;
  readonly data: unknown;
  readonly state: SagaState;
  readonly asked: 'cancel' | 'retry' | null;
  readonly correlationid: string;
  readonly traceparent: string | null;
  readonly started_at: Date;
}

/** A command that a saga has sent. */
export interface SagaCommandRow extends SagaKey {
  readonly command_id: string;
  readonly step: string;
  readonly action: SagaAction;
  readonly attempt: number;
  /** Null before it is answered. */
  readonly outcome: string | null;
}

const COLUMNS =
  's.saga, s.id, s.version, s.data, s.state, s.asked, s.correlationid, s.traceparent, s.started_at';

const INSERT = `INSERT INTO ${SAGAS_TABLE}
  (app, saga, id, version, data, state, status, step, due_at, correlationid, traceparent, started_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) ON CONFLICT DO NOTHING`;

/* In one order, so that two deliveries do not wait for each other. */
const LOCK_OF_COMMANDS = `SELECT ${COLUMNS} FROM ${SAGAS_TABLE} s
WHERE s.app = $1 AND (s.saga, s.id) IN (
  SELECT c.saga, c.saga_id FROM ${SAGA_COMMANDS_TABLE} c WHERE c.app = $1 AND c.command_id = ANY ($2))
ORDER BY s.saga, s.id FOR UPDATE OF s`;

const COMMANDS = `SELECT command_id, saga, saga_id AS id, step, action, attempt, outcome
FROM ${SAGA_COMMANDS_TABLE} WHERE app = $1 AND command_id = ANY ($2)`;

const LOCK_DUE = `SELECT ${COLUMNS} FROM ${SAGAS_TABLE} s
WHERE s.app = $1 AND s.due_at <= $2 ORDER BY s.due_at LIMIT 1 FOR UPDATE SKIP LOCKED`;

/* What an operator has asked for stays until the app looks at it, also when an answer comes before. */
const SAVE = `UPDATE ${SAGAS_TABLE} AS s SET state = given.state::jsonb, status = given.status, step = given.step,
  due_at = CASE WHEN s.asked IS NULL OR given.was_asked THEN given.due_at ELSE s.due_at END,
  overdue_since = given.overdue_since, asked = CASE WHEN given.was_asked THEN NULL ELSE s.asked END,
  refused = given.refused, error = NULL,
  changed_at = given.at, ended_at = coalesce(s.ended_at, given.ended_at)
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[],
  $9::boolean[], $10::text[], $11::timestamptz[], $12::timestamptz[])
  AS given (saga, id, state, status, step, due_at, overdue_since, was_asked, refused, at, ended_at)
WHERE s.app = $1 AND s.saga = given.saga AND s.id = given.id`;

const SENT = `INSERT INTO ${SAGA_COMMANDS_TABLE} (app, command_id, saga, saga_id, step, action, attempt, sent_at)
SELECT $1, command_id, saga, id, step, action, attempt, sent_at
FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::integer[], $8::timestamptz[])
  WITH ORDINALITY AS given (command_id, saga, id, step, action, attempt, sent_at, ordinality)
ORDER BY ordinality`;

const ANSWERED = `UPDATE ${SAGA_COMMANDS_TABLE} AS command SET answered_at = given.at, outcome = given.outcome
FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS given (id, outcome, at)
WHERE command.app = $1 AND command.command_id = given.id AND command.answered_at IS NULL`;

const OPEN = `SELECT saga, step, status, coalesce(state ->> 'action', 'request') AS action, count(*)::int AS count,
  count(*) FILTER (WHERE overdue_since IS NOT NULL OR error IS NOT NULL)::int AS overdue
FROM ${SAGAS_TABLE} WHERE app = $1 AND ended_at IS NULL GROUP BY 1, 2, 3, 4`;

/** Sagas that are deleted at a time. */
const PORTION = 5_000;

const FORGET = `DELETE FROM ${SAGAS_TABLE} WHERE app = $1 AND (saga, id) IN (
  SELECT saga, id FROM ${SAGAS_TABLE}
  WHERE app = $1 AND status IN ('completed', 'cancelled') AND ended_at < now() - make_interval(days => ${SAGA_DAYS})
  LIMIT ${PORTION})`;

function dateOf(milliseconds: number | undefined): Date | null {
  return milliseconds === undefined ? null : new Date(milliseconds);
}

/** The rows of one app in the tables of sagas. Times are the app's own clock's. */
export class SagaStore {
  public constructor(private readonly app: string) {}

  /** Adds a saga. @returns whether it is new. */
  public async add(
    tx: Transaction,
    row: Omit<SagaRow, 'asked' | 'traceparent'> & { readonly traceparent: string | undefined },
    step: string,
  ): Promise<boolean> {
    const { saga, id, version, data, state, correlationid, traceparent, started_at: at } = row;
    const { rowCount } = await tx.query(INSERT, [
      ...[this.app, saga, id, version, JSON.stringify(data), JSON.stringify(state)],
      ...[state.status, step, dateOf(state.dueAt), correlationid, traceparent ?? null, at],
    ]);
    return rowCount === 1;
  }

  /** Locks the sagas that have sent commands. @returns them and these commands. */
  public async lockByCommands(
    tx: Transaction,
    ids: readonly string[],
  ): Promise<{ readonly sagas: readonly SagaRow[]; readonly commands: readonly SagaCommandRow[] }> {
    const sagas = await tx.query<SagaRow & pg.QueryResultRow>(LOCK_OF_COMMANDS, [this.app, ids]);
    // What others have noted until now.
    const commands = await tx.query<SagaCommandRow & pg.QueryResultRow>(COMMANDS, [this.app, ids]);
    return { sagas: sagas.rows, commands: commands.rows };
  }

  /** Locks the saga that has been due for longest, of those that nobody else has. */
  public async lockDue(tx: Transaction, now: Date): Promise<SagaRow | undefined> {
    const { rows } = await tx.query<SagaRow & pg.QueryResultRow>(LOCK_DUE, [this.app, now]);
    return rows[0];
  }

  /** Notes where sagas are. */
  public async save(tx: Transaction, saved: readonly SavedSaga[]): Promise<void> {
    if (saved.length === 0) {
      return;
    }
    await tx.query(SAVE, [
      this.app,
      ...[saved.map(({ saga }) => saga), saved.map(({ id }) => id)],
      saved.map(({ state }) => JSON.stringify(state)),
      saved.map(({ state }) => state.status),
      saved.map(({ step }) => step),
      saved.map(({ state }) => dateOf(state.dueAt)),
      saved.map(({ state }) => dateOf(state.overdueSince)),
      saved.map(({ wasAsked }) => wasAsked),
      saved.map(({ refused }) => refused ?? null),
      saved.map(({ at }) => at),
      saved.map(({ state, at }) => (ENDED.has(state.status) ? at : null)),
    ]);
  }

  /** Notes that a saga is to be cancelled, if it has not ended. @returns whether there is one. */
  public async cancel(tx: Transaction, { saga, id }: SagaKey): Promise<boolean> {
    const { rowCount } = await tx.query(
      `UPDATE ${SAGAS_TABLE} SET asked = 'cancel', refused = NULL, due_at = to_timestamp(0)
       WHERE app = $1 AND saga = $2 AND id = $3 AND ended_at IS NULL`,
      [this.app, saga, id],
    );
    return rowCount === 1;
  }

  /** Notes commands that are sent. */
  public async sent(tx: Transaction, commands: readonly SentCommand[]): Promise<void> {
    if (commands.length === 0) {
      return;
    }
    await tx.query(SENT, [
      this.app,
      commands.map(({ command_id: command }) => command),
      ...[commands.map(({ saga }) => saga), commands.map(({ id }) => id)],
      ...[commands.map(({ step }) => step), commands.map(({ action }) => action)],
      ...[commands.map(({ attempt }) => attempt), commands.map(({ at }) => at)],
    ]);
  }

  /** Notes the first answers to commands. */
  public async answered(tx: Transaction, answers: readonly AnsweredCommand[]): Promise<void> {
    if (answers.length === 0) {
      return;
    }
    await tx.query(ANSWERED, [
      this.app,
      ...[answers.map(({ command }) => command), answers.map(({ outcome }) => outcome)],
      answers.map(({ at }) => at),
    ]);
  }

  /** Notes that the app has failed at a saga, and looks at it again later. */
  public async failed(
    pool: pg.Pool,
    { saga, id }: SagaKey,
    error: string,
    later: Date,
  ): Promise<void> {
    await runStatement(
      pool,
      `UPDATE ${SAGAS_TABLE} SET error = $4, due_at = $5 WHERE app = $1 AND saga = $2 AND id = $3`,
      [this.app, saga, id, storable(error), later],
    );
  }

  /** Counts the sagas that have not ended. */
  public async open(pool: pg.Pool): Promise<readonly OpenSagas[]> {
    const { rows } = await runStatement<OpenSagas & pg.QueryResultRow>(pool, OPEN, [this.app]);
    return rows;
  }

  /** Deletes sagas that ended long ago, some at a time: each takes its commands with it. */
  public async forget(pool: pg.Pool): Promise<void> {
    for (let deleted: number | null = PORTION; deleted === PORTION;) {
      ({ rowCount: deleted } = await runStatement(pool, FORGET, [this.app]));
    }
  }
}

/** What is noted of a saga. */
export interface SavedSaga extends SagaKey {
  readonly state: SagaState;
  /** Name of the step that it is at. */
  readonly step: string;
  readonly at: Date;
  /** Whether this is what an operator has asked for. */
  readonly wasAsked: boolean;
  /** Why it does not do what an operator has asked for. @default - it does, or nobody has */
  readonly refused?: string | undefined;
}

/** A command that is sent. */
export interface SentCommand extends Omit<SagaCommandRow, 'outcome'> {
  readonly at: Date;
}

/** A command that is answered for the first time. */
export interface AnsweredCommand {
  /** Its id. */
  readonly command: string;
  readonly outcome: string;
  readonly at: Date;
}
