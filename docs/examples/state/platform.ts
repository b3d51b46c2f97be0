import { App, Size } from 'cdk8s';
import {
  DaprPubSub,
  DaprStateStore,
  Environment,
  EventPlatform,
  EventService,
  KafkaCluster,
  PostgresDatabase,
  RedisCache,
  StateStoreBackend,
} from 'cdk8s-event-platform';
import { manifest, TaskCache } from './tasks.ts';

export function tasksPlatform(): EventPlatform {
  const environment = Environment.local();
  const platform = new EventPlatform(new App(), 'tasks', { environment });
  const broker = new KafkaCluster(platform, 'kafka');
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
  const database = new PostgresDatabase(platform, 'postgres');
  const cache = new RedisCache(platform, 'cache', { memory: Size.mebibytes(128) });
  new DaprStateStore(platform, 'task-cache', {
    store: TaskCache,
    backend: StateStoreBackend.redis(cache),
  });
  new EventService(platform, 'app', { manifest, pubSub, database });
  return platform;
}
