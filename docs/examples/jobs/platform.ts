import { App, Duration } from 'cdk8s';
import {
  DaprPubSub,
  Environment,
  EventApp,
  EventPlatform,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';
import { manifest } from './baskets.ts';

const environment = Environment.local();
export const platform = new EventPlatform(new App(), 'shop', { environment });
const broker = new KafkaCluster(platform, 'kafka');
const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
const database = new PostgresDatabase(platform, 'postgres');
pubSub.addTopic(manifest.publishes[0]);
export const baskets = new EventApp(platform, 'baskets', {
  manifest,
  pubSub,
  database,
  jobs: {
    cleanup: { schedule: '@hourly', maxDelay: Duration.minutes(30) },
    'new-prices': { enabled: environment.production },
  },
});
