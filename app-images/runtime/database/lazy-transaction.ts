import type pg from 'pg';
import { inTransaction, type Transaction, TransactionTimeoutError } from './database.ts';

/** Timeout of the whole, with or without a transaction, in milliseconds. */
const TIMEOUT = 30_000;

/** A transaction that begins with its first statement, and which may be committed before the end. */
export interface LazyTransaction extends Transaction {
  /** Commits what was done so far, and gives the connection back. The next statement begins another transaction. */
  commit(): Promise<void>;
}

/** A transaction that has begun. */
interface Begun {
  readonly tx: Promise<Transaction>;
  /** Commits it, or with an error rolls it back. @throws as `inTransaction` */
  end(error?: unknown): Promise<void>;
}

/** @param failed called when it ends early, such as by a lost connection. */
function begin(pool: pg.Pool, timeout: number, failed: (error: unknown) => void): Begun {
  const { promise: ended, resolve: commit, reject: rollBack } = Promise.withResolvers<undefined>();
  const { promise: tx, resolve: opened, reject: refused } = Promise.withResolvers<Transaction>();
  const committed = inTransaction(
    pool,
    (each) => {
      opened(each);
      return ended;
    },
    timeout,
  );
  committed.catch(refused);
  committed.catch(failed);
  // Nobody waits for these where what runs has failed before.
  ended.catch(() => undefined);
  tx.catch(() => undefined);
  return {
    tx,
    end: async (...error) => {
      if (error.length > 0) {
        rollBack(error[0]);
        await committed.catch(() => undefined);
      } else {
        commit(undefined);
        await committed;
      }
    },
  };
}

/**
 * Runs something in a transaction that begins with its first statement: without one, no connection is taken.
 *
 * @param timeout of the whole, in milliseconds. @default 30000
 * @throws what `run` throws, after a rollback of what was not committed, and as `inTransaction`.
 */
export async function inLazyTransaction<Result>(
  pool: pg.Pool,
  run: (tx: LazyTransaction) => Promise<Result>,
  timeout = TIMEOUT,
): Promise<Result> {
  const { promise: late, reject: expire } = Promise.withResolvers<never>();
  let begun: Begun | undefined;
  const end = async (...error: [unknown?]): Promise<void> => {
    const ending = begun;
    begun = undefined;
    await ending?.end(...error);
  };
  const timer = setTimeout(
    () => expire(new TransactionTimeoutError(`the request took longer than ${timeout / 1000} s`)),
    timeout,
  );
  // Nobody waits for it where nothing is late.
  late.catch(() => undefined);
  try {
    const running = run({
      query: async (statement, values) => {
        begun ??= begin(pool, timeout, expire);
        return (await begun.tx).query(statement, values);
      },
      commit: () => end(),
    });
    running.catch(() => undefined);
    const result = await Promise.race([running, late]);
    await end();
    return result;
  } catch (error) {
    await end(error);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
