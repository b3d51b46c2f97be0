import { DependencyUnavailableError } from '../errors/failure.ts';
import type { ProblemDetail } from '../http/problem.ts';

/** What an app says of a call that it refuses, as RFC 9457 has it. */
export interface CallProblem {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly ProblemDetail[];
}

/** A call of another app. Its path may hold personal data, and is in no message. */
export interface CallName {
  readonly appId: string;
  readonly method: string;
  readonly path: string;
}

/** The app that was called has answered with an error, or with a body that cannot be read. */
export class AppCallError extends Error {
  public override readonly name = 'AppCallError';

  public constructor(
    message: string,
    /** Status of the answer: 400 to 599, or less when its body is not the JSON that it says. */
    public readonly status: number,
    /** What the app says of it: it may quote personal data, and is not in the message. @default - it answered with something else */
    public readonly problem?: CallProblem,
    /** @default - not known */
    public readonly call?: CallName,
  ) {
    super(message);
  }
}

/** The app that was called admits no call of this operation by this app. */
export class CallDeniedError extends Error {
  public override readonly name = 'CallDeniedError';

  public constructor(
    message: string,
    /** @default - not known */
    public readonly call?: CallName,
  ) {
    super(message);
  }
}

/**
 * Why an app could not be called:
 *
 * - `sidecar`: the own sidecar cannot be reached.
 * - `app`: the app that is called, or its sidecar, cannot be reached.
 * - `timeout`: there was no answer in time. The call may have had its effect.
 * - `overloaded`: the app answered 502, 503 or 504.
 * - `circuit-open`: earlier calls failed for one of these reasons, and the app is left alone for a while.
 */
export type UnavailableReason = 'sidecar' | 'app' | 'timeout' | 'overloaded' | 'circuit-open';

/**
 * An app could not be called. An event whose handler fails with it is held until it can, and a request is answered with
 * 503.
 */
export class AppUnavailableError extends DependencyUnavailableError {
  public override readonly name = 'AppUnavailableError';
  /** @default - not known */
  public readonly call: CallName | undefined;

  public constructor(
    message: string,
    public readonly reason: UnavailableReason,
    { call, ...options }: ErrorOptions & { readonly call?: CallName } = {},
  ) {
    super(message, options);
    this.call = call;
  }
}
