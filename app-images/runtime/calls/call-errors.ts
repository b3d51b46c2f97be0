import { DependencyUnavailableError } from '../errors/failure.ts';
import type { ProblemDetail } from '../http/problem.ts';

/** What an app says of a call that it refuses, as RFC 9457 has it. */
export interface CallProblem {
  readonly type?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly ProblemDetail[];
}

/** The app that was called has answered with an error. */
export class AppCallError extends Error {
  public override readonly name = 'AppCallError';

  public constructor(
    message: string,
    /** Status of the answer, 400 to 599. */
    public readonly status: number,
    /** What the app says of it. @default - it answered with something else */
    public readonly problem?: CallProblem,
  ) {
    super(message);
  }
}

/** The app that was called admits no call of this operation by this app. */
export class CallDeniedError extends Error {
  public override readonly name = 'CallDeniedError';
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

  public constructor(
    message: string,
    public readonly reason: UnavailableReason,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
