import { AsyncLocalStorage } from 'node:async_hooks';
import type pg from 'pg';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import type { Sealing } from '../sealing/sealing.ts';
import type { SidecarReply, SidecarRequest } from '../outbox/publisher.ts';
import { daprHttpPort, sidecarHeaders } from '../sidecar/sidecar.ts';
import type { RequestSender } from '../requests/request-sender.ts';
import type { SagaStarter } from '../sagas/saga-starter.ts';
import type { AppSenders } from '../sending/app-senders.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';

/** The sidecar's answer to a request about state. */
export interface StateReply extends SidecarReply {
  /** Version of the value. @default - there is no value */
  readonly etag?: string | undefined;
  /** Headers of the answer, in small letters. @default - not known */
  readonly headers?: Readonly<Record<string, unknown>> | undefined;
}

/** What the event stores of an app need. */
export interface StoreScope {
  readonly manifest: AppManifest;
  readonly sealing: Sealing;
  readonly pool: pg.Pool;
}

/** What code of an app reaches without being given it: its sidecar, its clock, its metrics, and the commands and events that it sends. */
export interface AppScope {
  /**
   * Sends a request to the app's sidecar.
   *
   * @param timeout in milliseconds.
   * @param signal gives the request up earlier.
   */
  readonly send: (
    request: SidecarRequest,
    timeout: number,
    signal?: AbortSignal,
  ) => Promise<StateReply>;
  /** For how long a store that cannot be reached is left alone, in milliseconds. */
  readonly pause: number;
  readonly metrics: RuntimeMetrics;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Sends commands, and waits for their answers. @default - the app sends none */
  readonly requests?: RequestSender | undefined;
  /** Starts sagas. @default - the app has none */
  readonly sagas?: SagaStarter | undefined;
  /** Sends events without a transaction. @default - the app sends none */
  readonly senders?: AppSenders | undefined;
  /** What its event stores need. @default - the app keeps no events */
  readonly store?: StoreScope | undefined;
  /** Called when something cannot be written, since the sidecar has not loaded its store. @default - not called */
  readonly notLoaded?: () => void;
}

async function overHttp(
  { method, path, headers, body }: SidecarRequest,
  timeout: number,
  signal?: AbortSignal,
): Promise<StateReply> {
  const late = AbortSignal.timeout(timeout);
  const response = await fetch(`http://127.0.0.1:${daprHttpPort()}${path}`, {
    method,
    headers: { ...headers, ...sidecarHeaders() },
    ...(body !== '' && { body }),
    // What an app that is called answers is for its caller.
    redirect: 'manual',
    signal: signal === undefined ? late : AbortSignal.any([late, signal]),
  });
  const answered = Object.fromEntries(response.headers);
  return {
    status: response.status,
    body: await response.text(),
    etag: answered.etag,
    headers: answered,
  };
}

/** That of a process, which has one app. */
let ofProcess: AppScope = {
  ...{ send: overHttp, pause: 2_000, metrics: new RuntimeMetrics() },
  now: () => Date.now(),
};

/** That of an app among others in this process, in tests. */
const scopes = new AsyncLocalStorage<AppScope>();

/** Time between two restarts of a sidecar that has not loaded a store, in milliseconds. */
const RESTART_INTERVAL = 120_000;

/**
 * Lets the state clients of this process count in its metrics. A sidecar that started while a store could not be reached
 * does not load it later: it is restarted when something has to be written there, and nothing goes on without.
 *
 * @param restart ends the sidecar once deliveries that wait have had their next try.
 */
export function useAppScope(metrics: RuntimeMetrics, restart: () => void): void {
  let last = -Infinity;
  const notLoaded = () => {
    if (performance.now() - last >= RESTART_INTERVAL) {
      last = performance.now();
      restart();
    }
  };
  ofProcess = { ...ofProcess, metrics, notLoaded };
}

/** Lets the code of this process send commands. */
export function useRequests(requests: RequestSender): void {
  ofProcess = { ...ofProcess, requests };
}

/** Lets the code of this process start sagas. */
export function useSagas(sagas: SagaStarter): void {
  ofProcess = { ...ofProcess, sagas };
}

/** Lets the code of this process send events without a transaction. */
export function useSenders(senders: AppSenders): void {
  ofProcess = { ...ofProcess, senders };
}

/** Lets the code of this process store events. */
export function useStore(store: StoreScope): void {
  ofProcess = { ...ofProcess, store };
}

/** Runs something of an app among others in this process. */
export function inAppScope<Result>(scope: AppScope, run: () => Result): Result {
  return scopes.run(scope, run);
}

/** That of the app which runs now. */
export function appScope(): AppScope {
  return scopes.getStore() ?? ofProcess;
}
