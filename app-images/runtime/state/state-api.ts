import { circuitBreaker, ConsecutiveBreaker, handleAll } from 'cockatiel';
import { DependencyUnavailableError } from '../errors/failure.ts';
import type { SidecarReply, SidecarRequest } from '../outbox/publisher.ts';
import { type StateReply, type AppScope, appScope } from '../process/app-scope.ts';

/** A request about one store. */
export interface StateRequest extends Pick<SidecarRequest, 'method'> {
  /** Behind the path of the store. @default - none */
  readonly path?: string;
  /** Version that a value must have. @default - any */
  readonly ifMatch?: string | undefined;
  /** JSON value. @default - none */
  readonly body?: unknown;
}

/** Failures in a row after which a store is left alone for a while. */
const FAILURES = 3;

/** Codes of an answer that say that the sidecar has not loaded the store. */
const NOT_LOADED: ReadonlySet<string> = new Set([
  'ERR_STATE_STORE_NOT_FOUND',
  'ERR_STATE_STORE_NOT_CONFIGURED',
]);

/** What PostgreSQL's component says when a value is there already that should be new. */
const NOT_NEW = 'no item was updated';

/** The code of an answer; undefined without one. */
function errorCodeOf({ body }: SidecarReply): string | undefined {
  try {
    return (JSON.parse(body) as { readonly errorCode?: string }).errorCode;
  } catch {
    return undefined;
  }
}

/** Whether a value was not written for its version, as far as the sidecar can tell. */
export function saysConflict({ status, body }: StateReply): boolean {
  return status === 409 || (status === 500 && body.includes(NOT_NEW));
}

/** Whether the sidecar has done what it was asked for. */
function isDone({ status }: StateReply): boolean {
  return status >= 200 && status < 300;
}

function newBreaker({ pause }: AppScope) {
  const breaker = new ConsecutiveBreaker(FAILURES);
  return circuitBreaker(handleAll, { halfOpenAfter: pause, breaker });
}

/**
 * Requests to the sidecar about one state store. A store that cannot be reached several times in a row is left alone
 * for a while: requests then fail at once.
 */
export class StateApi {
  readonly #breakers = new WeakMap<AppScope, ReturnType<typeof newBreaker>>();

  /** @param timeout of one request, in milliseconds. */
  public constructor(
    public readonly store: string,
    private readonly timeout: number,
  ) {}

  /**
   * Sends a request.
   *
   * @returns what was done, or a conflict.
   * @throws DependencyUnavailableError when the sidecar or the store behind it cannot be reached in time.
   */
  public async send(request: StateRequest): Promise<StateReply> {
    const scope = appScope();
    const breaker = this.#breakers.get(scope) ?? newBreaker(scope);
    this.#breakers.set(scope, breaker);
    let reply: StateReply;
    try {
      reply = await breaker.execute(() => this.#send(scope, request));
    } catch (error) {
      throw this.unavailable((error as Error).message, error);
    }
    if (!isDone(reply) && !saysConflict(reply)) {
      throw new Error(`state store '${this.store}' refuses a request: ${said(reply)}`);
    }
    return reply;
  }

  /** The error of what cannot be reached. */
  public unavailable(reason: string, cause?: unknown): DependencyUnavailableError {
    const message = `state store '${this.store}' cannot be used: ${reason}`;
    return new DependencyUnavailableError(message, { cause });
  }

  /** @throws Error when nobody's request would be answered. */
  async #send(
    scope: AppScope,
    { method, path = '', ifMatch, body }: StateRequest,
  ): Promise<StateReply> {
    const reply = await scope.send(
      {
        method,
        path: `/v1.0/state/${this.store}${path}`,
        headers: {
          'content-type': 'application/json',
          ...(ifMatch !== undefined && { 'if-match': ifMatch }),
        },
        body: body === undefined ? '' : JSON.stringify(body),
      },
      this.timeout,
    );
    if (isDone(reply) || saysConflict(reply)) {
      return reply;
    }
    if (NOT_LOADED.has(errorCodeOf(reply) ?? '')) {
      if (method !== 'GET' && path !== '/bulk') {
        scope.notLoaded?.();
      }
      throw new Error(
        "the sidecar has not loaded it: list it under 'state' of the manifest; if it is there, it could not be reached when the sidecar started",
      );
    }
    if (reply.status === 400 || reply.status === 413) {
      return reply;
    }
    throw new Error(said(reply));
  }
}

function said({ status, body }: StateReply): string {
  return `the sidecar answered ${status}: ${body.slice(0, 300)}`;
}
