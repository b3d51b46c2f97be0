import type pg from 'pg';
import { inTransaction, type Transaction } from './database.ts';
import { noteCommit } from './partial-commit.ts';

/** Timeout of each transaction, in milliseconds. */
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
 * Runs something in a transaction that begins with its first statement: without one, no connection is taken, and nothing
 * limits its time.
 *
 * @param timeout of each transaction, in milliseconds. @default 30000
 * @throws what `run` throws, after a rollback of what was not committed, and as `inTransaction`.
 */
export async function inLazyTransaction<Result>(
  pool: pg.Pool,
  run: (tx: LazyTransaction) => Promise<Result>,
  timeout = TIMEOUT,
): Promise<Result> {
  const { promise: broken, reject: expire } = Promise.withResolvers<never>();
  let begun: Begun | undefined;
  /** Why nothing more is done: `run` may go on after a timeout. */
  let over: { readonly reason: unknown } | undefined;
  const end = async (...error: [unknown?]): Promise<void> => {
    const ending = begun;
    begun = undefined;
    await ending?.end(...error);
    if (ending !== undefined && error.length === 0) {
      noteCommit();
    }
  };
  const mustGoOn = () => {
    if (over !== undefined) {
      throw over.reason;
    }
  };
  const tx: LazyTransaction = {
    query: async (statement, values) => {
      mustGoOn();
      begun ??= begin(pool, timeout, expire);
      return (await begun.tx).query(statement, values);
    },
    commit: async () => {
      mustGoOn();
      await end();
    },
  };
  // Nobody waits for it where nothing breaks.
  broken.catch(() => undefined);
  try {
    const running = run(tx);
    running.catch(() => undefined);
    const result = await Promise.race([running, broken]);
    over = { reason: new Error('the request has ended: await each statement') };
    await end();
    return result;
  } catch (error) {
    over = { reason: error };
    await end(error);
    throw error;
  }
}
