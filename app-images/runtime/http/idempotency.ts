import { createHash } from 'node:crypto';
import type pg from 'pg';
import {
  IDEMPOTENCY_KEY_DAYS,
  IDEMPOTENCY_KEYS_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import { runStatement, type Transaction } from '../database/database.ts';
import { HttpProblem } from './problem.ts';

/** Answer to a request, as it is stored. */
export interface StoredAnswer {
  readonly status: number;
  /** JSON value; undefined when the answer has no body. */
  readonly body?: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** A request that its client can repeat. */
export interface RepeatableRequest {
  readonly appId: string;
  /** The client's `Idempotency-Key`. */
  readonly key: string;
  /** Hash of the request: the same for every repetition. */
  readonly fingerprint: string;
}

/*
 * One statement, which locks the row that is there: it cannot be forgotten before it is read. A row that was just inserted
 * has no transaction that has locked or deleted it.
 */
const CLAIM = `INSERT INTO ${IDEMPOTENCY_KEYS_TABLE} AS present (app, key, fingerprint) VALUES ($1, $2, $3)
ON CONFLICT (app, key) DO UPDATE SET fingerprint = present.fingerprint
RETURNING fingerprint, status, body, headers, xmax = 0 AS is_new`;

interface Row {
  readonly fingerprint: string;
  readonly status: number;
  readonly body: unknown;
  /** Null where a version of the platform answered that kept none. */
  readonly headers: Readonly<Record<string, string>> | null;
  readonly is_new: boolean;
}

/**
 * Runs a request once. A repetition gets the stored answer. A repetition that arrives while the first request is in
 * progress waits for it.
 *
 * @param run answers the request, in the same transaction.
 * @throws HttpProblem 422 when the key was used for another request.
 */
export async function answerOnce<Answer extends StoredAnswer>(
  tx: Transaction,
  { appId, key, fingerprint }: RepeatableRequest,
  run: () => Promise<Answer>,
): Promise<Answer | (StoredAnswer & { readonly repeated: true })> {
  const { rows } = await tx.query<Row>(CLAIM, [appId, key, fingerprint]);
  const row = rows[0]!;
  if (row.is_new) {
    const answer = await run();
    await tx.query(
      `UPDATE ${IDEMPOTENCY_KEYS_TABLE} SET status = $3, body = $4, headers = $5 WHERE app = $1 AND key = $2`,
      [
        ...[appId, key, answer.status],
        ...[answer.body === undefined ? null : JSON.stringify(answer.body), answer.headers],
      ],
    );
    return answer;
  }
  if (row.fingerprint !== fingerprint) {
    throw new HttpProblem(422, 'this Idempotency-Key was used for another request: use a new one');
  }
  const { status, body, headers } = row;
  return { status, body: body ?? undefined, headers: headers ?? {}, repeated: true };
}

/** Deletes expired idempotency keys. */
export async function forgetAnswers(pool: pg.Pool, appId: string): Promise<void> {
  await runStatement(
    pool,
    `DELETE FROM ${IDEMPOTENCY_KEYS_TABLE} WHERE app = $1 AND created_at < now() - make_interval(days => ${IDEMPOTENCY_KEY_DAYS})`,
    [appId],
  );
}

/** The value with the properties of each object in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, item]) => [name, sorted(item)]),
      )
    : value;
}

/** A hash that is the same for the same values, whatever the order of properties. */
export function fingerprintOf(...parts: readonly unknown[]): string {
  return createHash('sha256')
    .update(JSON.stringify(parts.map(sorted)))
    .digest('hex');
}
