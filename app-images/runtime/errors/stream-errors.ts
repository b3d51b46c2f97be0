/** A stream has another version than the one that an append expects: somebody else has appended. Load it again, and decide again. */
export class StreamConflictError extends Error {
  public override readonly name = 'StreamConflictError';

  /**
   * @param streamId of the stream.
   * @param expected version that the append expects; 0 for a stream without events.
   * @param actual version that it has; undefined when the other append was under way.
   */
  public constructor(
    streams: string,
    public readonly streamId: string,
    public readonly expected: number,
    public readonly actual: number | undefined,
  ) {
    super(
      `stream '${streamId}' of '${streams}' has ${actual === undefined ? 'another version' : `version ${actual}`}, and the append expects ${expected}: load it again, and decide again`,
    );
  }
}

/** An append has come in between others of its stream: its transaction is tried again. */
export class AppendOrderError extends Error {
  public override readonly name = 'AppendOrderError';

  /** SQLSTATE of a serialization failure. */
  public readonly code = '40001';

  public constructor(streams: string, streamId: string) {
    super(`another transaction has appended to stream '${streamId}' of '${streams}' meanwhile`);
  }
}

/** Options of {@link CommandRefusedError}. */
export interface CommandRefusedOptions {
  /** Status of a route's answer: 409 where the state does not allow it, 422 where the command itself makes no sense. @default 409 */
  readonly status?: 409 | 422;
}

/**
 * A command that the state of its stream does not allow. Deciders throw it: nothing is appended, and the transaction can
 * go on. A route answers it with its status.
 *
 * @example
 * throw new CommandRefusedError('insufficient-funds', `the account has ${state.balance}`);
 */
export class CommandRefusedError extends Error {
  public override readonly name = 'CommandRefusedError';
  /** Status of a route's answer. */
  public readonly status: 409 | 422;

  /**
   * @param reason names it for programs, e.g. `insufficient-funds`.
   * @param message says it for people. Clients see it.
   */
  public constructor(
    public readonly reason: string,
    message: string,
    { status = 409 }: CommandRefusedOptions = {},
  ) {
    super(message);
    this.status = status;
  }
}

/** A stored event that this app cannot read: of a type or version that its streams do not declare, or that does not fit. */
export class UnreadableEventError extends Error {
  public override readonly name = 'UnreadableEventError';
}
