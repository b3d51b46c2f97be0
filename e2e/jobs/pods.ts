import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { DAPR_TOKEN_HEADER, RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { RunningScheduler } from '../../testkit/platform/scheduler.ts';
import { answers, freePorts, ManagedProcess } from '../../testkit/process.ts';
import { manifest } from './app.ts';

/** Token of requests of a sidecar. */
const TOKEN = 'token-of-the-sidecar';

/** A pod: the app, and daprd beside it. Either starts again when it is killed. */
export interface Pod {
  readonly app: ManagedProcess;
  readonly daprd: ManagedProcess;
  readonly appPort: number;
}

/** Where the pods are started. */
export interface PodOptions {
  /** The program. */
  readonly daprd: string;
  readonly scheduler: RunningScheduler;
  /** Login of the app. */
  readonly database: pg.PoolConfig;
  readonly folder: string;
}

/** Starts a pod of the app. */
export async function startPod(name: string, options: PodOptions): Promise<Pod> {
  const { scheduler, database, folder } = options;
  const ports = await freePorts(7);
  const [appPort, metrics, http, grpc, internal, open, own] = ports as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const resources = join(folder, 'resources');
  mkdirSync(resources, { recursive: true });
  const app = new ManagedProcess({
    name: `app ${name}`,
    command: process.execPath,
    args: ['--import', 'tsx', join(import.meta.dirname, 'app.ts')],
    env: {
      ...{ PGHOST: String(database.host), PGPORT: String(database.port) },
      ...{ PGUSER: String(database.user), PGPASSWORD: String(database.password) },
      ...{ PGDATABASE: String(database.database), PGSSLMODE: 'disable' },
      [RUNTIME_ENV.appPort]: String(appPort),
      [RUNTIME_ENV.metricsPort]: String(metrics),
      [RUNTIME_ENV.daprHttpPort]: String(http),
      [RUNTIME_ENV.appApiToken]: TOKEN,
      [RUNTIME_ENV.drainSeconds]: '3',
    },
    log: join(folder, `app-${name}.log`),
    restart: true,
    ready: () => answers(`http://127.0.0.1:${appPort}/readyz`),
  });
  const daprd = new ManagedProcess({
    name: `daprd ${name}`,
    command: options.daprd,
    args: [
      ...[`--app-id=${manifest.appId}`, `--app-port=${appPort}`, '--mode=standalone'],
      ...[`--dapr-http-port=${http}`, `--dapr-grpc-port=${grpc}`, `--metrics-port=${own}`],
      ...[`--dapr-internal-grpc-port=${internal}`, `--dapr-public-port=${open}`],
      ...['--dapr-listen-addresses=127.0.0.1', '--app-channel-address=127.0.0.1'],
      ...['--enable-app-health-check', '--app-health-check-path=/healthz'],
      ...['--app-health-probe-interval=1', '--app-health-threshold=2'],
      ...[`--resources-path=${resources}`, `--scheduler-host-address=${scheduler.address}`],
    ],
    env: { [RUNTIME_ENV.appApiToken]: TOKEN },
    log: join(folder, `daprd-${name}.log`),
    restart: true,
  });
  await Promise.all([app.start(), daprd.start()]);
  return { app, daprd, appPort };
}

/** Status of a call that has no token. */
export async function statusWithoutToken({ appPort }: Pod, token?: string): Promise<number> {
  const { status } = await fetch(`http://127.0.0.1:${appPort}/job/each`, {
    method: 'POST',
    body: '{}',
    ...(token !== undefined && { headers: { [DAPR_TOKEN_HEADER]: token } }),
  });
  return status;
}
