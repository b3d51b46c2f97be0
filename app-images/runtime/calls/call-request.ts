import { withCode } from '@cdk8s-event-platform/contracts/internal';
import type { SidecarRequest } from '../outbox/publisher.ts';
import { currentTrace } from '../telemetry/current-trace.ts';
import { shownPath } from './call-name.ts';

/** A value of a query string; undefined leaves it out. */
export type QueryValue = string | number | boolean | undefined;

/** Options of a call. */
export interface CallOptions {
  /** Parameters of the query string. @default - none */
  readonly query?: Readonly<Record<string, QueryValue | readonly QueryValue[]>>;
  /** More headers, such as `if-match`. @default - those of JSON, and the trace context of what runs now */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * `Idempotency-Key` of the call: with it, the call is repeated when its answer was lost. The app that is called has to
   * remember keys, as routes of this runtime do.
   *
   * @default - none; only `GET` is repeated
   */
  readonly idempotencyKey?: string;
  /** Time for the call with its repetitions, in milliseconds. @default - that of the client */
  readonly timeout?: number;
  /** Gives the call up. @default - it is not given up before its time is over */
  readonly signal?: AbortSignal;
}

/** Options of a call that may have a body. */
export interface CallWithBodyOptions extends CallOptions {
  /** JSON value. @default - no body */
  readonly body?: unknown;
}

/** Headers that only sidecars set: the first would call another app. */
const SIDECAR_HEADERS: ReadonlySet<string> = new Set(['dapr-app-id', 'dapr-api-token']);
const KEY = /^[!-~]{1,200}$/;

function wrong(message: string): Error {
  return new Error(withCode('EP1001', message));
}

/**
 * A path as the sidecar passes it on unchanged. The sidecar decodes it once, so that what is encoded is encoded
 * again: otherwise `%2F` would become a slash, and `%3F` be refused.
 *
 * @throws Error when the sidecar would change it all the same.
 */
function sentPath(path: string): string {
  const [, ...segments] = path.split('/');
  const cleaned = segments.some((part) => part === '' || part === '.' || part === '..');
  if (!path.startsWith('/') || /[?#]/.test(path) || (cleaned && path !== '/')) {
    throw wrong(
      `path '${shownPath(path)}' is not usable: begin with '/', end without one, encode what is variable with encodeURIComponent, and give the query as 'query'`,
    );
  }
  return encodeURI(path);
}

function queryString(query: CallOptions['query'] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? (value as readonly QueryValue[]) : [value as QueryValue];
    values
      .filter((each) => each !== undefined)
      .forEach((each) => parameters.append(name, String(each)));
  }
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

/** A call as the sidecar takes it. @throws Error when it is not valid. */
export function callRequest(
  appId: string,
  method: string,
  path: string,
  { body, query, headers = {}, idempotencyKey }: CallWithBodyOptions,
): SidecarRequest {
  const own = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const refused = Object.keys(own).find((name) => SIDECAR_HEADERS.has(name));
  if (refused !== undefined) {
    throw wrong(`header '${refused}' is set by sidecars alone: leave it out`);
  }
  if (idempotencyKey !== undefined && !KEY.test(idempotencyKey)) {
    throw wrong(
      `idempotencyKey (${idempotencyKey.length} characters) must have 1 to 200 printable ASCII characters`,
    );
  }
  const traceparent = currentTrace();
  return {
    method,
    path: `/v1.0/invoke/${appId}/method${sentPath(path)}${queryString(query)}`,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(traceparent !== undefined && { traceparent }),
      ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
      ...own,
    },
    body: body === undefined ? '' : JSON.stringify(body),
  };
}
