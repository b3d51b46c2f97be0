import {
  createLogger,
  listenPort,
  Publisher,
  RuntimeMetrics,
  stopOnSignal,
  Work,
} from '@cdk8s-event-platform/runtime';
import { producerApp } from './app.ts';
import { manifest } from './manifest.ts';

const log = createLogger(manifest.appId);
const metrics = new RuntimeMetrics();
const work = new Work();
const publisher = new Publisher({
  source: '/producer-service',
  contracts: manifest.publishes,
  metrics,
});
const app = producerApp({ publisher, metrics, work, log });
const port = listenPort(manifest);
await app.ready();
// Without a host, Node listens on IPv6 and IPv4, or on IPv4 alone where there is no IPv6.
app.server.listen(port, () => log.info({ port }, 'listening'));
stopOnSignal(app.server, work, log, async () => {
  await app.close();
  publisher.close();
});
