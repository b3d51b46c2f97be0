import {
  checkSidecarVersion,
  createLogger,
  databaseReadiness,
  drainOptions,
  listenPort,
  openDatabase,
  runAll,
  RuntimeMetrics,
  serveMetrics,
  startRelay,
  startWorker,
  stopOnSignal,
  tracingFromEnv,
  Work,
} from '@cdk8s-event-platform/runtime';
import { AcceptedTasks } from './accepted-tasks.ts';
import { producerApp } from './app.ts';
import { manifest } from './manifest.ts';

const log = createLogger(manifest.appId);
const metrics = new RuntimeMetrics();
const work = new Work();
const pool = openDatabase({ applicationName: manifest.appId, connections: 16, log });
const tracing = tracingFromEnv(manifest.appId, log);
const relay = startRelay({ producer: manifest.appId, pool, metrics, log, tracing });
const accepted = new AcceptedTasks(pool, () => relay.wake());
const housekeeping = startWorker({
  name: 'housekeeping',
  round: async () => {
    await runAll([() => relay.measure(), () => accepted.forgetOld()]);
    return 0;
  },
  from: 5_000,
  to: 5_000,
  log,
});
const readiness = databaseReadiness(pool, manifest);
const app = producerApp({ accepted, readiness, work, log, tracing });
const port = listenPort(manifest);
await app.ready();
// Without a host, Node listens on IPv6 and IPv4, or on IPv4 alone where there is no IPv6.
app.server.listen(port, () => log.info({ port }, 'listening'));
void checkSidecarVersion(log);
const scraped = serveMetrics(metrics, log);
const end = async (): Promise<void> => {
  scraped.stop();
  await app.close();
  await Promise.all([relay.stop(), housekeeping.stop()]);
  await pool.end();
  await tracing?.stop();
};
stopOnSignal(app.server, work, log, end, drainOptions());
