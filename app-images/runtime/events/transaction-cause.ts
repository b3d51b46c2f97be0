import type { Cause } from './causation.ts';

/** Where a transaction has what it follows from: copies of it have it, too. */
export const CAUSE = Symbol('cause');

/** A transaction that may say what it follows from. */
export interface CausedTransaction {
  readonly [CAUSE]?: Cause | undefined;
}

/** What a transaction follows from: the event of `each`, the request of a route, the run of a job. */
export function causeOf(tx: object): Cause | undefined {
  return (tx as CausedTransaction)[CAUSE];
}
