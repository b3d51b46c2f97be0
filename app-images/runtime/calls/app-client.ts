import {
  BrokenCircuitError,
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  handleWhen,
  retry,
} from 'cockatiel';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import type { SidecarRequest } from '../outbox/publisher.ts';
import { type AppScope, appScope } from '../process/app-scope.ts';
import { AppUnavailableError, type CallName } from './call-errors.ts';
import { shownCall } from './call-name.ts';
import { answerOf, type CallAnswer } from './call-reply.ts';
import { type CallOptions, callRequest, type CallWithBodyOptions } from './call-request.ts';

/** Options of {@link appClient}. */
export interface AppClientOptions {
  /** Time for a call with its repetitions, 1 to 300000 milliseconds. @default 5000 */
  readonly timeout?: number;
}

const TIMEOUT = 5_000;
const MAX_TIMEOUT = 300_000;
/** Failures in a row after which an app is left alone for a while. */
const FAILURES = 5;
/** Further tries of a call that may be repeated. */
const MAX_RETRIES = 2;

/** Answers that a client refuses, such as 404, say that the app is there. */
function isUnavailable(error: unknown): boolean {
  return error instanceof AppUnavailableError;
}

function newBreaker({ pause }: AppScope) {
  const breaker = new ConsecutiveBreaker(FAILURES);
  return circuitBreaker(handleWhen(isUnavailable), { halfOpenAfter: pause, breaker });
}

function checkTimeout(timeout: number): number {
  if (!(timeout >= 1 && timeout <= MAX_TIMEOUT)) {
    throw new Error(
      withCode('EP1001', `timeout (${timeout}) must be 1 to ${MAX_TIMEOUT} milliseconds`),
    );
  }
  return timeout;
}

/** Calls of another app by the sidecars of both. See {@link appClient}. */
export class AppClient {
  readonly #timeout: number;
  readonly #breakers = new WeakMap<AppScope, ReturnType<typeof newBreaker>>();

  /** @internal */
  public constructor(
    public readonly appId: string,
    { timeout = TIMEOUT }: AppClientOptions = {},
  ) {
    if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(appId)) {
      throw new Error(
        withCode('EP1002', `app id '${appId}' is not a DNS label: use that of the app's manifest`),
      );
    }
    this.#timeout = checkTimeout(timeout);
  }

  /** Reads. Repeated when there is no answer. @throws as {@link appClient} says. */
  public get<Body = unknown>(path: string, options: CallOptions = {}): Promise<CallAnswer<Body>> {
    return this.#call('GET', path, options);
  }

  /** Creates or does something. @throws as {@link appClient} says. */
  public post<Body = unknown>(
    path: string,
    options: CallWithBodyOptions = {},
  ): Promise<CallAnswer<Body>> {
    return this.#call('POST', path, options);
  }

  /** Creates or replaces what is at the path. @throws as {@link appClient} says. */
  public put<Body = unknown>(
    path: string,
    options: CallWithBodyOptions = {},
  ): Promise<CallAnswer<Body>> {
    return this.#call('PUT', path, options);
  }

  /** Changes what is at the path. @throws as {@link appClient} says. */
  public patch<Body = unknown>(
    path: string,
    options: CallWithBodyOptions = {},
  ): Promise<CallAnswer<Body>> {
    return this.#call('PATCH', path, options);
  }

  /** Deletes what is at the path. @throws as {@link appClient} says. */
  public delete<Body = unknown>(
    path: string,
    options: CallWithBodyOptions = {},
  ): Promise<CallAnswer<Body>> {
    return this.#call('DELETE', path, options);
  }

  async #call<Body>(
    method: string,
    path: string,
    options: CallWithBodyOptions,
  ): Promise<CallAnswer<Body>> {
    const { appId } = this;
    const request = callRequest(appId, method, path, options);
    const timeout = checkTimeout(options.timeout ?? this.#timeout);
    const repeatable = method === 'GET' || options.idempotencyKey !== undefined;
    const scope = appScope();
    const breaker = this.#breakers.get(scope) ?? newBreaker(scope);
    this.#breakers.set(scope, breaker);
    const deadline = performance.now() + timeout;
    const call = { appId, method, path };
    const once = () =>
      breaker
        .execute(() => send(scope, call, request, deadline, options.signal))
        .catch(named(call));
    const again = retry(
      handleWhen(
        (error) =>
          error instanceof AppUnavailableError &&
          error.reason !== 'circuit-open' &&
          options.signal?.aborted !== true &&
          performance.now() < deadline,
      ),
      {
        maxAttempts: repeatable ? MAX_RETRIES : 0,
        backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 500 }),
      },
    );
    return (await again.execute(once)) as CallAnswer<Body>;
  }
}

/** The error of a breaker that is open, as one of calls. */
function named(call: CallName): (error: unknown) => never {
  return (error) => {
    throw error instanceof BrokenCircuitError
      ? new AppUnavailableError(
          `${shownCall(call)} of app '${call.appId}' was not made: ${FAILURES} calls in a row have failed, and it is left alone for a while`,
          'circuit-open',
          { call },
        )
      : error;
  };
}

/** Sends a call to the own sidecar. */
async function send(
  scope: AppScope,
  call: CallName,
  request: SidecarRequest,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<CallAnswer> {
  signal?.throwIfAborted();
  const left = Math.max(1, Math.ceil(deadline - performance.now()));
  const reply = await scope.send(request, left, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    const shown = `${shownCall(call)} of app '${call.appId}'`;
    const late = (error as Error).name === 'TimeoutError';
    throw new AppUnavailableError(
      late
        ? `${shown} was not answered in time`
        : `${shown} could not be made: the sidecar of this app cannot be reached`,
      late ? 'timeout' : 'sidecar',
      { cause: error, call },
    );
  });
  return answerOf(call, reply);
}

/**
 * A client of another app of the platform, over HTTP by the sidecars of both. The platform must grant the operations:
 * `caller.grantInvoke(callee, …)`. Bodies are JSON. The trace context of what runs now goes along.
 *
 * A `GET`, and a call with an `idempotencyKey`, is tried up to three times within its time; nothing else is repeated.
 * After five calls in a row without an answer the app is left alone for two seconds. Do not call from a transaction for
 * longer than it may be open, and prefer events where nobody waits for an answer.
 *
 * Messages of errors show the first segment of the path alone, and nothing of what the app says, since logs and the
 * quarantine keep them: `call` and `problem` have the rest.
 *
 * @throws AppCallError when the app answers with an error, or with JSON that cannot be read; `status` and `problem` say which.
 * @throws CallDeniedError when the operation is not granted.
 * @throws AppUnavailableError when sidecar or app cannot be reached in time; `reason` says which.
 * @throws Error when an option is not valid, or the signal was aborted.
 *
 * @example
 * const routes = appClient('traffic-api');
 * const { body } = await routes.get<Route>(`/routes/${encodeURIComponent(name)}`, { query: { env: 'prod' } });
 * await routes.post('/routes', { body: route, idempotencyKey: event.id });
 *
 * @see https://docs.dapr.io/reference/api/service_invocation_api/
 */
export function appClient(appId: string, options: AppClientOptions = {}): AppClient {
  return new AppClient(appId, options);
}
