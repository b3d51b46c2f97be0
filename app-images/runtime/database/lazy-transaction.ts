import type pg from 'pg';
import { inTransaction, type Transaction } from './database.ts';

/**
 * Runs something in a transaction that begins with its first statement: without one, no connection is taken.
 *
 * @throws what `run` throws, after a rollback, and as `inTransaction`.
 */
export async function inLazyTransaction<Result>(
  pool: pg.Pool,
  run: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  const { promise: ended, resolve: commit, reject: rollBack } = Promise.withResolvers<undefined>();
  let committed: Promise<unknown> | undefined;
  let begun: Promise<Transaction> | undefined;
  const begin = (): Promise<Transaction> =>
    (begun ??= new Promise((resolve, reject) => {
      committed = inTransaction(pool, (tx) => {
        resolve(tx);
        return ended;
      });
      committed.catch(reject);
    }));
  // Nobody waits for it where no transaction has begun.
  ended.catch(() => undefined);
  try {
    const result = await run({
      query: async (statement, values) => (await begin()).query(statement, values),
    });
    commit(undefined);
    await committed;
    return result;
  } catch (error) {
    rollBack(error);
    await committed?.catch(() => undefined);
    throw error;
  }
}
