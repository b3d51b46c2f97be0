import type { ImageManifest } from '../../constructs/contracts/index.ts';
import { RUNTIME_ENV } from '../../constructs/contracts/index.ts';
import type { Consumer } from './consumer.ts';
import { openDatabase } from './database.ts';
import { Deliveries } from './delivery.ts';
import { createLogger } from './logging.ts';
import { RuntimeMetrics } from './metrics.ts';
import { databaseReadiness } from './readiness.ts';
import { followsAnother, rejoinQuietly } from './rejoin.ts';
import { consumerServer } from './server.ts';
import { stopOnSignal, Work } from './shutdown.ts';
import { restartSidecarLater } from './sidecar.ts';

/** The port that an image listens on: its manifest's, unless `APP_PORT` says otherwise. */
export function listenPort(manifest: ImageManifest): number {
  const given = process.env[RUNTIME_ENV.appPort];
  if (given === undefined) {
    return manifest.port;
  }
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`${RUNTIME_ENV.appPort} '${given}' is not a TCP port: use 1 to 65535`);
  }
  return port;
}

/** Starts a consumer as a process: serves until it is told to stop. */
export function startConsumer(consumer: Consumer): void {
  const { manifest } = consumer;
  const log = createLogger(manifest.appId);
  const pool = openDatabase({ applicationName: manifest.appId, log });
  const work = new Work();
  const server = consumerServer({
    deliveries: new Deliveries(consumer, pool, log),
    metrics: new RuntimeMetrics(),
    readiness: rejoinQuietly({
      able: databaseReadiness(pool, manifest),
      work,
      restartSidecar: () => restartSidecarLater(log),
    }),
    work,
    log,
  });
  if (followsAnother()) {
    // The sidecar may have deliveries that wait for this process: see `rejoinQuietly`.
    restartSidecarLater(log);
  }
  const port = listenPort(manifest);
  server.listen(port, () => log.info({ port }, 'listening'));
  stopOnSignal(server, work, log, () => pool.end());
}
