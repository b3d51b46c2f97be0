import type pg from 'pg';
import { REQUEST_DAYS, REQUESTS_TABLE } from '@cdk8s-event-platform/contracts/interface';
import { runStatement, type Transaction } from '../database/database.ts';

/** A command that is sent. */
export interface SentRequest {
  readonly app: string;
  readonly id: string;
  /** Name of the contract of its answer. */
  readonly replyType: string;
  /** The same for the same command. */
  readonly fingerprint: string;
  readonly sentAt: Date;
  readonly answerBy: Date;
}

/** What the table knows of a command. */
export interface RequestRow {
  readonly fingerprint: string;
  /** Null before it is answered. */
  readonly replied_at: Date | null;
  readonly reply: unknown;
  readonly is_new: boolean;
}

/* A row that was just inserted has no transaction that has locked it. */
const CLAIM = `INSERT INTO ${REQUESTS_TABLE} AS present (app, id, reply_type, fingerprint, sent_at, answer_by)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (app, id) DO UPDATE SET answer_by =
  CASE WHEN present.replied_at IS NULL AND present.fingerprint = excluded.fingerprint
    THEN greatest(present.answer_by, excluded.answer_by) ELSE present.answer_by END
RETURNING fingerprint, replied_at, reply, xmax = 0 AS is_new`;

/** Notes a command that is sent, or finds the one that was. */
export async function claimRequest(tx: Transaction, request: SentRequest): Promise<RequestRow> {
  const { app, id, replyType, fingerprint, sentAt, answerBy } = request;
  const { rows } = await tx.query<RequestRow & pg.QueryResultRow>(CLAIM, [
    ...[app, id, replyType, fingerprint, sentAt, answerBy],
  ]);
  return rows[0]!;
}

/** The answers that have come to some of an app's commands, by id. */
export async function repliesTo(
  pool: pg.Pool,
  app: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, unknown>> {
  const { rows } = await runStatement<{ id: string; reply: unknown }>(
    pool,
    `SELECT id, reply FROM ${REQUESTS_TABLE} WHERE app = $1 AND id = ANY ($2) AND replied_at IS NOT NULL`,
    [app, ids],
  );
  return new Map(rows.map(({ id, reply }) => [id, reply]));
}

/** Deletes what an app has asked long ago. */
export async function forgetRequests(pool: pg.Pool, app: string): Promise<void> {
  await runStatement(
    pool,
    `DELETE FROM ${REQUESTS_TABLE} WHERE app = $1 AND sent_at < now() - make_interval(days => ${REQUEST_DAYS})`,
    [app],
  );
}
