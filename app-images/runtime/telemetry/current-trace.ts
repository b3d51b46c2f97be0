import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<string | undefined>();

/** Runs something that belongs to a trace. @param traceparent W3C trace context; undefined for none. */
export function inTrace<Result>(traceparent: string | undefined, run: () => Result): Result {
  return current.run(traceparent, run);
}

/** W3C trace context of what runs now: a request, an event of `each`, or a job. */
export function currentTrace(): string | undefined {
  return current.getStore();
}
