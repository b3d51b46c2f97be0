import { Broker, Sidecar, topicsOf } from '@cdk8s-event-platform/dev';
import { renderObjects } from 'cdk8s-event-platform';
import pg from 'pg';
import { platform } from './shortest-platform.ts';

const rendered = renderObjects(platform);
const broker = await Broker.open(new pg.Pool());
for (const [topic, partitions] of topicsOf(rendered)) {
  await broker.addTopic(topic, partitions);
}
const sidecar = await Sidecar.start({
  appId: 'order-processor',
  objects: rendered.map(({ manifest }) => manifest),
  broker,
  secret: () => 'a token',
  port: 3500,
});
process.once('SIGTERM', () => void sidecar.stop());
