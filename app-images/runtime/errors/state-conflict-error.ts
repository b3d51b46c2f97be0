/** A value of a state store is not the one that its ETag names, or is there already. Read it again, and decide again. */
export class StateConflictError extends Error {
  public override readonly name = 'StateConflictError';

  /** @param key of the value. */
  public constructor(
    store: string,
    public readonly key: string,
  ) {
    super(`the value of '${key}' in '${store}' is another one by now`);
  }
}
