import { App } from 'cdk8s';
import {
  DaprPubSub,
  defineApp,
  defineEvent,
  Environment,
  EventPlatform,
  EventService,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';

const OrderPlaced = defineEvent({
  type: 'com.example.order.placed',
  version: '1.0.0',
  topic: 'order-placed',
  key: 'order_id',
  description: 'A customer has placed an order.',
  schema: {
    type: 'object',
    required: ['order_id'],
    properties: { order_id: { type: 'string', maxLength: 64 } },
  },
});
const pricing = defineApp({
  appId: 'pricing',
  description: 'Prices orders, in Python.',
  port: 8000,
  serves: true,
  publishes: [OrderPlaced],
  subscribes: [OrderPlaced],
});

export const platform = new EventPlatform(new App(), 'orders', {
  environment: Environment.local(),
});
const pubSub = new DaprPubSub(platform, 'pubsub', { broker: new KafkaCluster(platform, 'kafka') });
new EventService(platform, 'pricing', {
  manifest: pricing,
  pubSub,
  database: new PostgresDatabase(platform, 'postgres'),
  image: 'registry.example.com/pricing:1.0.0',
  command: ['python', '-m', 'pricing'],
});
