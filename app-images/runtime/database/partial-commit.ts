import { AsyncLocalStorage } from 'node:async_hooks';
import { classifyFailure } from '../errors/failure.ts';
import { TransactionTimeoutError } from './database.ts';

/** A request has committed something before the rest failed: repeated by the runtime, it would do that again. */
export class PartlyCommittedError extends Error {
  public override readonly name = 'PartlyCommittedError';

  /** @param cause what failed: a timeout, a conflict, or something that is not available. */
  public constructor(public override readonly cause: unknown) {
    super('a part was committed before the rest failed', { cause });
  }
}

const current = new AsyncLocalStorage<{ hasCommitted: boolean }>();

/** Notes that what runs now has committed something before its end, such as a command. */
export function noteCommit(): void {
  const progress = current.getStore();
  if (progress !== undefined) {
    progress.hasCommitted = true;
  }
}

/** Whether the runtime would repeat what fails so, or tell its client to. */
function isPassing(error: unknown): boolean {
  const failure = classifyFailure(error);
  return (
    error instanceof TransactionTimeoutError || failure === 'conflict' || failure === 'unavailable'
  );
}

/**
 * Runs something that may commit before its end.
 *
 * @throws PartlyCommittedError when it has, before a timeout, a conflict or a lost connection.
 * @throws what `run` throws.
 */
export async function tellingCommits<Result>(run: () => Promise<Result>): Promise<Result> {
  const progress = { hasCommitted: false };
  try {
    return await current.run(progress, run);
  } catch (error) {
    throw progress.hasCommitted && isPassing(error) ? new PartlyCommittedError(error) : error;
  }
}
