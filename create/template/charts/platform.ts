import { App } from 'cdk8s';
import {
  DaprPubSub,
  DeadLetterProcessor,
  type Environment,
  EventPlatform,
  EventProducer,
  IdempotentConsumer,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';
import { manifest as orderProcessor } from '../apps/order-processor/manifest.ts';
import { manifest as orders } from '../apps/orders/manifest.ts';
import { OrderPlaced } from '../events/order-placed.ts';

/** The platform of an environment. */
export function platformOf(environment: Environment): EventPlatform {
  const platform = new EventPlatform(new App(), 'shop', { environment });
  const broker = new KafkaCluster(platform, 'kafka');
  const database = new PostgresDatabase(platform, 'postgres');
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
  pubSub.addTopic(OrderPlaced, { partitions: 6 });
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letter-processor', {
    pubSub,
    database,
  });
  new EventProducer(platform, 'orders', { manifest: orders, pubSub, database });
  new IdempotentConsumer(platform, 'order-processor', {
    manifest: orderProcessor,
    pubSub,
    database,
    deadLetters,
  });
  return platform;
}
