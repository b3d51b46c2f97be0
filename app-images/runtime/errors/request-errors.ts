/** A command was not answered in time. It may still be carried out: sending it again with the same id waits for its answer. */
export class RequestTimeoutError extends Error {
  public override readonly name = 'RequestTimeoutError';

  /**
   * @param id of the command.
   * @param seconds for which the answer was waited for.
   */
  public constructor(
    type: string,
    public readonly id: string,
    seconds: number,
  ) {
    super(
      `no answer to '${type}' within ${seconds} s: it may still be carried out, send it again with the id '${id}' to wait for its answer`,
    );
  }
}

/** The id of a command was used for another one. */
export class RequestConflictError extends Error {
  public override readonly name = 'RequestConflictError';

  /** @param id of both. */
  public constructor(
    type: string,
    public readonly id: string,
  ) {
    super(`the id '${id}' was used for another command than this '${type}': use a new one`);
  }
}
