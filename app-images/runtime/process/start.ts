import { coded } from '@cdk8s-event-platform/contracts/internal';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type pg from 'pg';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import {
  interfaceProblem,
  METRICS_PORT,
  RUNTIME_ENV,
} from '@cdk8s-event-platform/contracts/interface';
import { openDatabase } from '../database/database.ts';
import type { DeliveryReceiver } from '../delivery/delivery-processor.ts';
import { createLogger, type Logger } from '../telemetry/logging.ts';
import { metricsServer } from '../http/metrics-server.ts';
import type { JobReceiver } from '../http/job-endpoint.ts';
import { RuntimeMetrics } from '../telemetry/metrics.ts';
import { databaseReadiness, type Readiness } from '../database/readiness.ts';
import { isContainerRestart, resubscribeGuard } from './resubscribe-guard.ts';
import { InFlightTracker } from '../http/in-flight-tracker.ts';
import { consumerServer } from '../http/server.ts';
import { numberFromEnv } from './environment.ts';
import { type DrainOptions, stopLoops, stopOnSignal } from './shutdown.ts';
import { restartSidecar, restartSidecarLater, sidecarKeepsDeliveries } from '../sidecar/sidecar.ts';
import { checkSidecarVersion } from '../sidecar/sidecar-version.ts';
import { loadTracing } from '../telemetry/load-tracing.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { PollingLoop } from './polling-loop.ts';
import { useAppScope } from './app-scope.ts';

/** The port that an image listens on: its manifest's, unless `APP_PORT` says otherwise. */
export function listenPort(manifest: AppManifest): number {
  return numberFromEnv(RUNTIME_ENV.appPort, 0, 65_535, manifest.port);
}

/** Serves metrics until it is stopped: a process that drains is still scraped. */
export function serveMetrics(metrics: RuntimeMetrics, log: Logger): { stop(): void } {
  const port = numberFromEnv(RUNTIME_ENV.metricsPort, 0, 65_535, METRICS_PORT);
  metrics.collectProcessMetrics();
  const server = metricsServer(metrics);
  server.listen(port, () => log.info({ port: portOf(server) }, 'serving metrics'));
  return {
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** How long an image drains: as long as its Deployment says. */
export function drainOptions(): DrainOptions {
  return { timeout: numberFromEnv(RUNTIME_ENV.drainSeconds, 1, 86_400, 25) * 1000 };
}

/** Context of a process. */
export interface ProcessContext {
  readonly appId: string;
  readonly pool: pg.Pool;
  readonly metrics: RuntimeMetrics;
  readonly log: Logger;
  /** Deliveries and requests in flight. */
  readonly inFlight: InFlightTracker;
  /** Undefined when tracing is off. */
  readonly tracing: Tracing | undefined;
}

/** Parts of a process. */
export interface ProcessParts {
  /** Processes deliveries. @default - no deliveries */
  readonly deliveries?: DeliveryReceiver;
  /** Runs jobs. @default - none */
  readonly jobs?: JobReceiver;
  /** HTTP API of the app, for every path that is not the runtime's. @default - no API */
  readonly requests?: FastifyInstance;
  /** Background tasks, which end with the process. */
  readonly loops: readonly Pick<PollingLoop, 'stop'>[];
  /** Sends events without a transaction, also those of background tasks: it ends after them. @default - none */
  readonly senders?: Pick<PollingLoop, 'stop'> | undefined;
  /** Another reason why the app is not ready. @default - none */
  readonly problem?: () => string | undefined;
}

/** Why an image could not work by its manifest, which gives an app without a database no server. */
function databaseProblem(): string | undefined {
  const rendered = process.env[RUNTIME_ENV.interface] !== undefined;
  return rendered && process.env.PGHOST === undefined
    ? 'the manifest names no database (PGHOST is not set), and the runtime keeps inbox and outbox in one: give the app a database in its chart, or use an image without the runtime'
    : undefined;
}

/**
 * Starts a process that handles deliveries and requests until it is stopped. It stops in this order: deliveries and
 * requests in flight, the server, the background tasks (a relay publishes what was committed), what they sent without a
 * transaction, the database, tracing.
 */
export async function startProcess(
  manifest: AppManifest,
  parts: (context: ProcessContext) => ProcessParts,
): Promise<void> {
  const { appId } = manifest;
  const log = createLogger(appId);
  const [problem] = [
    ...coded('EP8003', interfaceProblem(process.env[RUNTIME_ENV.interface])),
    ...coded('EP8001', databaseProblem()),
  ];
  if (problem !== undefined) {
    log.error({}, problem);
    process.exitCode = 1;
    return;
  }
  // A relay has connections of its own: it goes on while deliveries and requests wait for theirs.
  const { publishes = [], jobs: declared = [], requests: asked = [], projections = [] } = manifest;
  const connections =
    12 +
    (publishes.length > 0 ? 4 : 0) +
    (declared.length > 0 ? 3 : 0) +
    (asked.length > 0 ? 3 : 0) +
    projections.length;
  const pool = openDatabase({ applicationName: appId, connections, log });
  const inFlight = new InFlightTracker();
  const metrics = new RuntimeMetrics();
  useAppScope(metrics, () => restartSidecarLater(log));
  (manifest.state ?? []).forEach(({ name }) => metrics.initializeCache(name));
  const tracing = await loadTracing(appId, log);
  const {
    deliveries,
    jobs,
    requests,
    loops,
    senders,
    problem: ownProblem,
  } = parts({
    ...{ appId, pool, metrics, log, inFlight, tracing },
  });
  const database = databaseReadiness(pool, manifest);
  const able = async () => (await database()) ?? ownProblem?.();
  const server = consumerServer({
    ...{ deliveries, jobs },
    ...(requests && { requests: (...exchange) => requests.routing(...exchange) }),
    metrics,
    appApiToken: process.env[RUNTIME_ENV.appApiToken],
    readiness: deliveries === undefined ? able : guardedReadiness(able, inFlight, log),
    inFlight,
    log,
    tracing,
  });
  const port = listenPort(manifest);
  const listening = () =>
    server.listen(port, () => log.info({ port: portOf(server) }, 'listening'));
  void Promise.resolve(requests?.ready()).then(listening);
  void checkSidecarVersion(log);
  const scraped = serveMetrics(metrics, log);
  const end = async (): Promise<void> => {
    scraped.stop();
    await requests?.close();
    await stopLoops(loops, senders);
    await pool.end();
    await tracing?.stop();
  };
  stopOnSignal(server, inFlight, log, end, drainOptions());
}

/** Readiness of an app that receives events: it returns after the sidecar has unsubscribed. */
function guardedReadiness(readiness: Readiness, inFlight: InFlightTracker, log: Logger): Readiness {
  const retryGap = numberFromEnv(RUNTIME_ENV.retryGap, 1, 86_400, 16) * 1000;
  const retryWindow = numberFromEnv(RUNTIME_ENV.retryWindow, 1, 86_400, 60) * 1000;
  return resubscribeGuard({
    readiness,
    inFlight,
    restartSidecar: () => restartSidecarLater(log, retryGap),
    retryWindow,
    restartSidecarNow: () => restartSidecar(log),
    keepsDeliveries: sidecarKeepsDeliveries,
    containerRestarted: isContainerRestart(),
  });
}

/** Wakes others after each delivery: a handler may have published events, or noted an answer. */
export function waking(
  deliveries: DeliveryReceiver,
  others: readonly ({ wake(): void } | undefined)[],
): DeliveryReceiver {
  const wake = () => others.forEach((other) => other?.wake());
  return {
    typeOf: (path) => deliveries.typeOf(path),
    single: (...delivery) => deliveries.single(...delivery).finally(wake),
    many: (...delivery) => deliveries.many(...delivery).finally(wake),
  };
}
