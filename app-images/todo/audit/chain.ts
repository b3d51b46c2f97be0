import { createHash } from 'node:crypto';
import type { CloudEvent, Transaction } from '@cdk8s-event-platform/runtime';

/** Where the chain of a user ends. */
interface Head {
  readonly n: number;
  readonly hash: string;
}

/** Before the first entry. */
const START: Head = { n: 0, hash: '' };

/** The hash of an entry, which depends on all before it. */
export function hashOf(before: string, entry: string): string {
  return createHash('sha256').update(`${before}\n${entry}`).digest('hex');
}

/** The last entry of a user, which nobody else can append to until the transaction ends. */
async function lockHead(tx: Transaction, userId: string): Promise<Head> {
  await tx.query(
    `INSERT INTO todo_audit_heads (user_id, n, hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
    [userId, START.n, START.hash],
  );
  const { rows } = await tx.query<{ n: string; hash: string }>(
    'SELECT n, hash FROM todo_audit_heads WHERE user_id = $1 FOR UPDATE',
    [userId],
  );
  const [head] = rows;
  return { n: Number(head!.n), hash: head!.hash };
}

/** What users say of themselves, and what they write: it stays out, since the log outlives them. */
const PERSONAL = new Set(['email', 'name', 'title', 'description']);

/** The data of an event that are kept. Of what has changed, that it has. */
function keptOf(data: object): object {
  const kept = Object.entries(data).filter(([name]) => !PERSONAL.has(name));
  return Object.fromEntries(
    kept.map(([name, value]): [string, unknown] =>
      name === 'changes' ? [name, Object.keys(value as object)] : [name, value],
    ),
  );
}

/** Appends an event to the chain of its user, without personal data. */
export async function append(
  tx: Transaction,
  { id, source, type, time, data }: CloudEvent<{ readonly user_id: string }>,
): Promise<void> {
  const userId = data.user_id;
  const head = await lockHead(tx, userId);
  const entry = JSON.stringify({ id, source, type, time, data: keptOf(data) });
  const [n, hash] = [head.n + 1, hashOf(head.hash, entry)];
  await tx.query('INSERT INTO todo_audit (user_id, n, entry, hash) VALUES ($1, $2, $3, $4)', [
    ...[userId, n, entry, hash],
  ]);
  await tx.query('UPDATE todo_audit_heads SET n = $2, hash = $3 WHERE user_id = $1', [
    ...[userId, n, hash],
  ]);
}

/** What an examination of a chain has found. */
export interface Verdict extends Head {
  /** What is wrong with the first entry that is not as it was written. @default - nothing */
  readonly problem?: string;
}

/**
 * Examines the chain of a user. Somebody who rewrites all of it, head included, is found by a head that was noted
 * elsewhere before.
 */
export async function verify(tx: Transaction, userId: string): Promise<Verdict> {
  const { rows } = await tx.query<{ n: string; entry: string; hash: string }>(
    'SELECT n, entry, hash FROM todo_audit WHERE user_id = $1 ORDER BY n',
    [userId],
  );
  let head = START;
  for (const { n, entry, hash } of rows) {
    if (Number(n) !== head.n + 1) {
      return { ...head, problem: `entry ${head.n + 1} is missing` };
    }
    if (hash !== hashOf(head.hash, entry)) {
      return { ...head, problem: `entry ${n} was changed` };
    }
    head = { n: Number(n), hash };
  }
  const heads = await tx.query<{ n: string; hash: string }>(
    'SELECT n, hash FROM todo_audit_heads WHERE user_id = $1',
    [userId],
  );
  const [noted] = heads.rows;
  if (Number(noted?.n ?? 0) !== head.n || (noted?.hash ?? '') !== head.hash) {
    return {
      ...head,
      problem: `the log ends at entry ${head.n}, and its head is at ${noted?.n ?? 0}`,
    };
  }
  return head;
}
