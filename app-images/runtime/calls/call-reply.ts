import {
  AppCallError,
  AppUnavailableError,
  CallDeniedError,
  type CallName,
} from './call-errors.ts';
import { shownCall, shownReason } from './call-name.ts';

/** What the sidecar answers to a call: the answer of the app, or an error of its own. */
export interface CallReply {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}

/** The answer of an app. */
export interface CallAnswer<Body = unknown> {
  /** 200 to 399. */
  readonly status: number;
  /** JSON value, or text of another media type; undefined without a body. */
  readonly body: Body;
  /** By names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Code of the sidecar's own errors. */
const SIDECAR_ERROR = 'ERR_DIRECT_INVOKE';
const OVERLOADED: ReadonlySet<number> = new Set([502, 503, 504]);

/** An object that is JSON text; undefined for anything else. */
function objectIn(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(body) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** @throws AppCallError when it is not JSON: what the parser throws quotes it. */
function jsonOf(call: CallName, status: number, body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new AppCallError(
      `app '${call.appId}' answered ${shownCall(call)} with ${status} and a body that is not JSON`,
      status,
      undefined,
      call,
    );
  }
}

function headersOf({ headers = {} }: CallReply): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

/** The error of a sidecar that could not pass the call on. */
function sidecarError(call: CallName, status: number, said: string): Error {
  const { appId } = call;
  const shown = `${shownCall(call)} of app '${appId}'`;
  // What daprd says ends in what gRPC says.
  const reason = said.replace(/^failed to invoke, id: \S*, err: /, '');
  if (status === 403) {
    return new CallDeniedError(
      `app '${appId}' does not admit ${shownCall(call)} of this app: grant it with grantInvoke; where it is granted, Dapr has no identities here, or the sidecar of '${appId}' has not been replaced since`,
      call,
    );
  }
  if (/deadline exceeded/i.test(reason)) {
    return new AppUnavailableError(`${shown} was not answered in time`, 'timeout', { call });
  }
  if (reason.includes('circuit breaker is open')) {
    return new AppUnavailableError(
      `${shown} was not made: the circuit breaker of the sidecar is open`,
      'circuit-open',
      { call },
    );
  }
  if (/invalid method|stream too large|invalid URL/.test(reason)) {
    return new Error(`${shown} cannot be made: ${shownReason(reason)}`);
  }
  return new AppUnavailableError(`${shown} could not be made: ${shownReason(reason)}`, 'app', {
    call,
  });
}

/**
 * The answer of the app that was called.
 *
 * @throws AppCallError when it refuses the call, or its body cannot be read.
 * @throws CallDeniedError when its sidecar does.
 * @throws AppUnavailableError when it cannot be reached.
 */
export function answerOf(call: CallName, reply: CallReply): CallAnswer {
  const { status, body } = reply;
  const headers = headersOf(reply);
  const isJson = /\bjson\b/.test(headers['content-type'] ?? '');
  if (status < 400) {
    const value = isJson && body !== '' ? jsonOf(call, status, body) : body;
    return { status, headers, body: body === '' ? undefined : value };
  }
  const said = isJson ? objectIn(body) : undefined;
  if (said?.errorCode === SIDECAR_ERROR) {
    throw sidecarError(call, status, String(said.message));
  }
  const message = `app '${call.appId}' answered ${shownCall(call)} with ${status}`;
  throw OVERLOADED.has(status)
    ? new AppUnavailableError(message, 'overloaded', { call })
    : new AppCallError(message, status, said, call);
}
