import type pg from 'pg';
import {
  ASK_SAGA_FUNCTION,
  FIND_SAGA_FUNCTION,
  LIST_SAGAS_FUNCTION,
  SAGA_COMMANDS_FUNCTION,
} from '@cdk8s-event-platform/contracts/interface';
import { runStatement } from '../database/database.ts';
import type { SagaAction, SagaReason, SagaState, SagaStatus } from './saga-state.ts';

/** Which saga: app, name of its contract, and id. */
export type SagaAddress = readonly [app: string, saga: string, id: string];

/** Which sagas operators look at. */
export interface SagaSelection {
  readonly app?: string | undefined;
  readonly saga?: string | undefined;
  /** @default - those that have not ended */
  readonly status?: string | undefined;
  readonly limit: number;
}

/** A saga as operators see it. */
export interface OperatedSaga {
  readonly app: string;
  readonly saga: string;
  readonly id: string;
  /** Major version that it was started with. */
  readonly version: number;
  readonly status: SagaStatus;
  /** Step that it is at. */
  readonly step: string;
  readonly action: SagaAction;
  readonly startedAt: Date;
  readonly changedAt: Date;
  readonly endedAt: Date | undefined;
  /** When the answer to a step was due that cannot be undone. */
  readonly overdueSince: Date | undefined;
  readonly cancelledBy: SagaReason | undefined;
  readonly stuckBy: SagaReason | undefined;
  /** Why its app fails at it. */
  readonly error: string | undefined;
  /** What an operator has asked for, and its app has not looked at. */
  readonly asked: string | undefined;
  /** Why its app has not done what an operator has asked for. */
  readonly refused: string | undefined;
  readonly data: unknown;
}

/** A command that a saga has sent. */
export interface OperatedCommand {
  readonly id: string;
  readonly step: string;
  readonly action: SagaAction;
  readonly attempt: number;
  readonly sentAt: Date;
  readonly answeredAt: Date | undefined;
  readonly outcome: string | undefined;
}

interface Row extends Omit<OperatedSaga, 'action' | 'startedAt' | 'cancelledBy' | 'stuckBy'> {
  readonly state: SagaState;
  readonly started_at: Date;
  readonly changed_at: Date;
  readonly ended_at: Date | null;
  readonly overdue_since: Date | null;
}

function operated(row: Row): OperatedSaga {
  const { app, saga, id, version, status, step, state, data } = row;
  return {
    ...{ app, saga, id, version, status, step, data },
    action: state.action,
    startedAt: row.started_at,
    changedAt: row.changed_at,
    endedAt: row.ended_at ?? undefined,
    overdueSince: row.overdue_since ?? undefined,
    cancelledBy: state.cancelledBy,
    stuckBy: state.stuckBy,
    error: row.error ?? undefined,
    asked: row.asked ?? undefined,
    refused: row.refused ?? undefined,
  };
}

/** The sagas of all apps of a database, as operators look at them and ask their apps for something. */
export class OperatedSagas {
  public constructor(private readonly pool: pg.Pool) {}

  /** Sagas, those first that somebody has to look at. */
  public async list({ app, saga, status, limit }: SagaSelection): Promise<OperatedSaga[]> {
    const { rows } = await runStatement<Row & pg.QueryResultRow>(
      this.pool,
      `SELECT * FROM ${LIST_SAGAS_FUNCTION}($1, $2, $3, $4)`,
      [app ?? null, saga ?? null, status ?? null, limit],
    );
    return rows.map(operated);
  }

  /** A saga; undefined without one. */
  public async find(address: SagaAddress): Promise<OperatedSaga | undefined> {
    const { rows } = await runStatement<Row & pg.QueryResultRow>(
      this.pool,
      `SELECT * FROM ${FIND_SAGA_FUNCTION}($1, $2, $3)`,
      address,
    );
    return rows[0] && operated(rows[0]);
  }

  /** The commands that a saga has sent, in their order. */
  public async commands(address: SagaAddress): Promise<OperatedCommand[]> {
    const { rows } = await runStatement<{
      command_id: string;
      step: string;
      action: SagaAction;
      attempt: number;
      sent_at: Date;
      answered_at: Date | null;
      outcome: string | null;
    }>(this.pool, `SELECT * FROM ${SAGA_COMMANDS_FUNCTION}($1, $2, $3)`, address);
    return rows.map(({ step, action, attempt, ...row }) => ({
      id: row.command_id,
      ...{ step, action, attempt },
      sentAt: row.sent_at,
      answeredAt: row.answered_at ?? undefined,
      outcome: row.outcome ?? undefined,
    }));
  }

  /** Asks the app of a saga to cancel or retry it. @returns whether there is such a saga. */
  public async ask(address: SagaAddress, what: 'cancel' | 'retry'): Promise<boolean> {
    const { rows } = await runStatement<{ told: string }>(
      this.pool,
      `SELECT ${ASK_SAGA_FUNCTION}($1, $2, $3, $4) AS told`,
      [...address, what],
    );
    return rows[0]!.told !== '0';
  }
}
