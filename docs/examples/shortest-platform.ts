import { App } from 'cdk8s';
import {
  DaprPubSub,
  defineApp,
  defineEvent,
  Environment,
  EventPlatform,
  EventProducer,
  IdempotentConsumer,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';

const OrderPlaced = defineEvent({
  type: 'com.example.order.placed',
  version: '1.0.0',
  topic: 'order-placed',
  key: 'customer_id', // events of one customer keep their order
  description: 'A customer has placed an order.',
  schema: {
    type: 'object',
    required: ['order_id', 'customer_id'],
    properties: { order_id: { type: 'string' }, customer_id: { type: 'string', maxLength: 64 } },
  },
});
const image = { description: 'Part of the shop.', port: 8080 };
const shop = defineApp({ ...image, appId: 'shop', publishes: [OrderPlaced] });
const processor = defineApp({ ...image, appId: 'order-processor', subscribes: [OrderPlaced] });

const app = new App();
export const platform = new EventPlatform(app, 'orders', { environment: Environment.local() });
const broker = new KafkaCluster(platform, 'kafka');
const database = new PostgresDatabase(platform, 'postgres');
const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
pubSub.addTopic(OrderPlaced, { partitions: 6 });
new EventProducer(platform, 'shop', { manifest: shop, pubSub });
new IdempotentConsumer(platform, 'processor', { manifest: processor, pubSub, database });
app.synth();
