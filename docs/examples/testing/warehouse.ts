import { App } from 'cdk8s';
import {
  DaprPubSub,
  DeadLetterProcessor,
  defineApp,
  Environment,
  EventPlatform,
  EventProducer,
  EventService,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';
import { manifest } from './app.ts';
import { OrderPlaced } from './events.ts';

/** Its image is written in another language. */
const shop = defineApp({
  appId: 'shop',
  description: 'Takes orders.',
  port: 8080,
  publishes: [OrderPlaced],
});

export function warehouse(): EventPlatform {
  const environment = Environment.local();
  const platform = new EventPlatform(new App(), 'warehouse', { environment });
  const broker = new KafkaCluster(platform, 'kafka');
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
  const database = new PostgresDatabase(platform, 'postgres');
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letters', { pubSub, database });
  new EventProducer(platform, 'shop', { manifest: shop, pubSub });
  new EventService(platform, 'stock', { manifest, pubSub, database, deadLetters });
  return platform;
}
