import { AsyncLocalStorage } from 'node:async_hooks';
import type { SidecarReply, SidecarRequest } from '../outbox/publisher.ts';
import { daprHttpPort, sidecarHeaders } from '../sidecar/sidecar.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';

/** The sidecar's answer to a request about state. */
export interface StateReply extends SidecarReply {
  /** Version of the value. @default - there is no value */
  readonly etag?: string | undefined;
}

/** What the state clients of one app share: its sidecar, and its metrics. */
export interface StateScope {
  /**
   * Sends a request to the app's sidecar.
   *
   * @param timeout in milliseconds.
   */
  readonly send: (request: SidecarRequest, timeout: number) => Promise<StateReply>;
  /** For how long a store that cannot be reached is left alone, in milliseconds. */
  readonly pause: number;
  readonly metrics: RuntimeMetrics;
}

async function overHttp(
  { method, path, headers, body }: SidecarRequest,
  timeout: number,
): Promise<StateReply> {
  const response = await fetch(`http://127.0.0.1:${daprHttpPort()}${path}`, {
    method,
    headers: { ...headers, ...sidecarHeaders() },
    ...(body !== '' && { body }),
    signal: AbortSignal.timeout(timeout),
  });
  const etag = response.headers.get('etag') ?? undefined;
  return { status: response.status, body: await response.text(), etag };
}

/** That of a process, which has one app. */
let ofProcess: StateScope = { send: overHttp, pause: 2_000, metrics: new RuntimeMetrics() };

/** That of an app among others in this process, in tests. */
const scopes = new AsyncLocalStorage<StateScope>();

/** Lets the state clients of this process count in its metrics. */
export function useStateMetrics(metrics: RuntimeMetrics): void {
  ofProcess = { ...ofProcess, metrics };
}

/** Runs something of an app among others in this process. */
export function inStateScope<Result>(scope: StateScope, run: () => Result): Result {
  return scopes.run(scope, run);
}

/** That of the app which runs now. */
export function stateScope(): StateScope {
  return scopes.getStore() ?? ofProcess;
}
