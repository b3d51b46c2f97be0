import { STATUS_CODES } from 'node:http';

/** One thing that is wrong with a request. */
export interface ProblemDetail {
  /** What is wrong, and how it would be right. */
  readonly detail: string;
  /** Where in the request, as a JSON Pointer, e.g. `#/title`. @default - the request as a whole */
  readonly pointer?: string;
}

/** What may be said of a problem beside its detail. */
export interface HttpProblemOptions {
  /** URI of this kind of problem. @default 'about:blank' */
  readonly type?: string;
  /** Names the problem for programs, e.g. `insufficient-funds`. @default - the type does, or the status */
  readonly reason?: string;
  /** What is wrong, one by one. @default - the detail says it all */
  readonly errors?: readonly ProblemDetail[];
  /** Headers of the answer, such as `retry-after`. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A request that is refused. Handlers of routes throw it: nothing of their transaction is committed, and
 * the client gets an answer of the media type `application/problem+json`.
 *
 * @example
 * throw new HttpProblem(404, `there is no order '${id}'`);
 *
 * @see https://www.rfc-editor.org/rfc/rfc9457
 */
export class HttpProblem extends Error {
  public override readonly name = 'HttpProblem';

  /**
   * @param status of the answer, 400 to 599.
   * @param detail what is wrong with this request, and how it would be right. Clients see it.
   */
  public constructor(
    public readonly status: number,
    detail: string,
    public readonly options: HttpProblemOptions = {},
  ) {
    super(detail);
  }

  /** The body of the answer. */
  public get body(): object {
    const { type = 'about:blank', reason, errors } = this.options;
    return {
      type,
      title: STATUS_CODES[this.status] ?? 'Error',
      status: this.status,
      detail: this.message,
      ...(reason !== undefined && { reason }),
      ...(errors !== undefined && { errors }),
    };
  }
}
