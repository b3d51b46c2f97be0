import type pg from 'pg';
import {
  DEFAULT_INBOX_DAYS,
  type ImageManifest,
  METRICS_PORT,
  RUNTIME_ENV,
} from '../../constructs/contracts/index.ts';
import type { Consumer } from './consumer.ts';
import { openDatabase } from './database.ts';
import { Deliveries, type DeliveryReceiver, routesOf } from './delivery.ts';
import { EffectWorker } from './effects.ts';
import { housekeeping } from './housekeeping.ts';
import { InboxKeeper } from './inbox.ts';
import { createLogger, type Logger } from './logging.ts';
import { metricsServer } from './metrics-server.ts';
import { RuntimeMetrics } from './metrics.ts';
import { databaseReadiness } from './readiness.ts';
import { followsAnother, rejoinQuietly } from './rejoin.ts';
import { Replayer } from './replay.ts';
import { consumerServer } from './server.ts';
import { type DrainOptions, stopOnSignal, Work } from './shutdown.ts';
import { restartSidecar, restartSidecarLater, sidecarKeepsDeliveries } from './sidecar.ts';
import { checkSidecarVersion } from './sidecar-version.ts';
import { type Tracing, tracingFromEnv } from './tracing.ts';
import { type RunningRelay, startRelay } from './start-relay.ts';
import { startWorker, type Worker } from './worker.ts';

/** A whole number in an environment variable. @throws Error when it is none, or out of its bounds. */
export function numberFromEnv(
  name: string,
  least: number,
  most: number,
  otherwise: number,
): number {
  const given = process.env[name];
  if (given === undefined) {
    return otherwise;
  }
  const number = Number(given);
  if (given.trim() === '' || !Number.isInteger(number) || number < least || number > most) {
    throw new Error(`${name} '${given}' is not a whole number from ${least} to ${most}`);
  }
  return number;
}

/** The port that an image listens on: its manifest's, unless `APP_PORT` says otherwise. */
export function listenPort(manifest: ImageManifest): number {
  return numberFromEnv(RUNTIME_ENV.appPort, 0, 65_535, manifest.port);
}

/** Serves metrics until it is told to stop. A process that drains is still scraped. */
export function serveMetrics(metrics: RuntimeMetrics, log: Logger): { stop(): void } {
  const port = numberFromEnv(RUNTIME_ENV.metricsPort, 0, 65_535, METRICS_PORT);
  const server = metricsServer(metrics);
  server.listen(port, () => log.info({ port }, 'serving metrics'));
  return {
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** How long an image drains: as long as its Deployment says. */
export function drainOptions(): DrainOptions {
  return { deadline: numberFromEnv(RUNTIME_ENV.drainSeconds, 1, 86_400, 25) * 1000 };
}

/** What a process that serves deliveries has. */
export interface Service {
  readonly pool: pg.Pool;
  readonly metrics: RuntimeMetrics;
  readonly log: Logger;
  /** Undefined when nothing is traced. */
  readonly tracing: Tracing | undefined;
}

/** What a process does beside answering for its health. */
export interface ServiceParts {
  readonly deliveries: DeliveryReceiver;
  readonly workers: readonly Worker[];
  /** What else keeps the image from its work. @default - nothing */
  readonly problem?: () => string | undefined;
}

/** Starts a process that serves deliveries until it is told to stop. */
export function startService(
  manifest: ImageManifest,
  parts: (service: Service) => ServiceParts,
): void {
  const { appId } = manifest;
  const log = createLogger(appId);
  // A relay has connections of its own: it goes on while deliveries wait for theirs.
  const connections = (manifest.publishes ?? []).length > 0 ? 14 : 12;
  const pool = openDatabase({ applicationName: appId, connections, log });
  const work = new Work();
  const metrics = new RuntimeMetrics();
  const tracing = tracingFromEnv(appId, log);
  const { deliveries, workers, problem } = parts({ pool, metrics, log, tracing });
  const database = databaseReadiness(pool, manifest);
  const retryGap = numberFromEnv(RUNTIME_ENV.retryGap, 1, 86_400, 16) * 1000;
  const retryWindow = numberFromEnv(RUNTIME_ENV.retryWindow, 1, 86_400, 60) * 1000;
  const server = consumerServer({
    deliveries,
    metrics,
    readiness: rejoinQuietly({
      able: async () => (await database()) ?? problem?.(),
      work,
      restartSidecar: () => restartSidecarLater(log, retryGap),
      retryWindow,
      restartSidecarNow: () => restartSidecar(log),
      keepsDeliveries: sidecarKeepsDeliveries,
      follows: followsAnother(),
    }),
    work,
    log,
    tracing,
  });
  const port = listenPort(manifest);
  server.listen(port, () => log.info({ port }, 'listening'));
  void checkSidecarVersion(log);
  const scraped = serveMetrics(metrics, log);
  const end = async (): Promise<void> => {
    scraped.stop();
    await Promise.all(workers.map((worker) => worker.stop()));
    await pool.end();
    await tracing?.stop();
  };
  stopOnSignal(server, work, log, end, drainOptions());
}

/** How often the outbox of a consumer is measured, in milliseconds. */
const MEASURE_EVERY = 5_000;

/** Wakes a relay after each delivery: a handler may have written into the outbox. */
export function wakingRelay(deliveries: DeliveryReceiver, relay: RunningRelay): DeliveryReceiver {
  const wake = () => relay.wake();
  return {
    typeOf: (path) => deliveries.typeOf(path),
    single: (...delivery) => deliveries.single(...delivery).finally(wake),
    many: (...delivery) => deliveries.many(...delivery).finally(wake),
  };
}

/**
 * Starts a consumer as a process: deliveries, replays from the quarantine, effects, housekeeping and, where
 * its manifest publishes, the relay of its outbox.
 */
export function startConsumer(consumer: Consumer): void {
  const { appId } = consumer.manifest;
  const retentionDays = numberFromEnv(RUNTIME_ENV.inboxDays, 1, 3_650, DEFAULT_INBOX_DAYS);
  const epoch = numberFromEnv(RUNTIME_ENV.consumerEpoch, 0, 1_000_000, 0);
  startService(consumer.manifest, ({ pool, metrics, log, tracing }) => {
    const inbox = new InboxKeeper(pool, retentionDays);
    const deliveries = new Deliveries({ consumer, epoch, pool, inbox, log });
    const taker = { consumer: appId, epoch };
    const routes = routesOf(consumer);
    metrics.expect([...routes.keys()]);
    const replayer = new Replayer({ taker, routes, pool, inbox, metrics, log, tracing });
    const effects = new EffectWorker(appId, consumer.effects, pool, log);
    const keep = housekeeping({ consumer: appId, pool, inbox, metrics, retentionDays });
    const workers = [
      startWorker({ name: 'replay', round: () => replayer.round(), from: 500, to: 2_000, log }),
      startWorker({ name: 'housekeeping', round: keep, from: 10_000, to: 10_000, log }),
    ];
    if (consumer.effects.size > 0) {
      const round = () => effects.round();
      const worker = startWorker({ name: 'effects', round, from: 50, to: 1_000, log });
      const stop = async () => {
        await worker.stop();
        await effects.settle();
      };
      workers.push({ ...worker, stop });
    }
    const problem = () => inbox.problem;
    if ((consumer.manifest.publishes ?? []).length === 0) {
      return { deliveries, workers, problem };
    }
    const relay = startRelay({ producer: appId, pool, metrics, log, tracing });
    const round = () => relay.measure().then(() => 0);
    workers.push(
      relay,
      startWorker({ name: 'outbox', round, from: MEASURE_EVERY, to: MEASURE_EVERY, log }),
    );
    return { deliveries: wakingRelay(deliveries, relay), workers, problem };
  });
}
