import { App } from 'cdk8s';
import {
  type AppManifest,
  DaprPubSub,
  Environment,
  EventPlatform,
  EventProducer,
  IdempotentConsumer,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';

/** A shop and the app that bills its orders, in one of their versions. */
export function orders(shop: AppManifest, billing: AppManifest): EventPlatform {
  const environment = Environment.local();
  const platform = new EventPlatform(new App(), 'orders', { environment });
  const broker = new KafkaCluster(platform, 'kafka');
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
  const database = new PostgresDatabase(platform, 'postgres');
  new EventProducer(platform, 'shop', { manifest: shop, pubSub, database });
  new IdempotentConsumer(platform, 'billing', { manifest: billing, pubSub, database });
  return platform;
}
