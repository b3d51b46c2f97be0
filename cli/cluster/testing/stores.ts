/** A program with a store that the EventTools list the keys of. */
import { App } from 'cdk8s';
import {
  DaprPubSub,
  DaprStateStore,
  defineStateStore,
  Environment,
  EventPlatform,
  EventTools,
  KafkaCluster,
  RedisCache,
  StateStoreBackend,
} from 'cdk8s-event-platform';

const platform = new EventPlatform(new App(), 'shop', { environment: Environment.local() });
const pubSub = new DaprPubSub(platform, 'pubsub', { broker: new KafkaCluster(platform, 'kafka') });
const store = new DaprStateStore(platform, 'task-cache', {
  store: defineStateStore({ name: 'task-cache', description: 'Tasks.' }),
  backend: StateStoreBackend.redis(new RedisCache(platform, 'cache')),
});
new EventTools(platform, 'event-tools', { pubSub, stateStores: [store] });
