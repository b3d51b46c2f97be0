import type pg from 'pg';
import { inTransaction, type Transaction, TransactionTimeoutError } from './database.ts';

/** Timeout of the whole, with or without a transaction, in milliseconds. */
const TIMEOUT = 30_000;

/**
 * Runs something in a transaction that begins with its first statement: without one, no connection is taken.
 *
 * @param timeout in milliseconds. @default 30000
 * @throws what `run` throws, after a rollback, and as `inTransaction`.
 */
export async function inLazyTransaction<Result>(
  pool: pg.Pool,
  run: (tx: Transaction) => Promise<Result>,
  timeout = TIMEOUT,
): Promise<Result> {
  const { promise: ended, resolve: commit, reject: rollBack } = Promise.withResolvers<undefined>();
  const { promise: late, reject: expire } = Promise.withResolvers<never>();
  let committed: Promise<unknown> | undefined;
  let begun: Promise<Transaction> | undefined;
  const begin = (): Promise<Transaction> =>
    (begun ??= new Promise((resolve, reject) => {
      committed = inTransaction(
        pool,
        (tx) => {
          resolve(tx);
          return ended;
        },
        timeout,
      );
      committed.catch(reject);
      // What ends it early, such as a lost connection, ends the whole.
      committed.catch(expire);
    }));
  const timer = setTimeout(
    () => expire(new TransactionTimeoutError(`the request took longer than ${timeout / 1000} s`)),
    timeout,
  );
  // Nobody waits for these where no transaction has begun, or nothing is late.
  ended.catch(() => undefined);
  late.catch(() => undefined);
  try {
    const running = run({
      query: async (statement, values) => (await begin()).query(statement, values),
    });
    running.catch(() => undefined);
    const result = await Promise.race([running, late]);
    commit(undefined);
    await committed;
    return result;
  } catch (error) {
    rollBack(error);
    await committed?.catch(() => undefined);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
