import type { App } from 'cdk8s';
import {
  DaprPubSub,
  defineApp,
  Environment,
  EventPlatform,
  EventProducer,
  IdempotentConsumer,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';
import { OrderPlaced } from './events.ts';

const image = { description: 'Part of the shop.', port: 8080 };
const shop = defineApp({ ...image, appId: 'shop', publishes: [OrderPlaced] });
const processor = defineApp({ ...image, appId: 'order-processor', subscribes: [OrderPlaced] });

export function ordersPlatform(app: App): EventPlatform {
  const platform = new EventPlatform(app, 'orders', { environment: Environment.local() });
  const broker = new KafkaCluster(platform, 'kafka');
  const database = new PostgresDatabase(platform, 'postgres');
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
  pubSub.addTopic(OrderPlaced, { partitions: 6 });
  new EventProducer(platform, 'shop', { manifest: shop, pubSub });
  new IdempotentConsumer(platform, 'processor', { manifest: processor, pubSub, database });
  return platform;
}
