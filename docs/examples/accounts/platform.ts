import { App } from 'cdk8s';
import {
  DaprPubSub,
  Environment,
  EventPlatform,
  EventService,
  EventStore,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';
import { manifest } from './manifest.ts';

export const platform = new EventPlatform(new App(), 'bank', { environment: Environment.local() });
const broker = new KafkaCluster(platform, 'kafka');
const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
const database = new PostgresDatabase(platform, 'postgres');
pubSub.addTopic(manifest.publishes[0]);
new EventStore(platform, 'event-store', { database });
export const bank = new EventService(platform, 'bank', { manifest, pubSub, database });
