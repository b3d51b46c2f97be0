import { App, Duration } from 'cdk8s';
import {
  type AppManifest,
  defineApp,
  defineEvent,
  type EventContract,
} from '../../contracts/index.ts';
import {
  DaprPubSub,
  Environment,
  EventPlatform,
  EventProducer,
  IdempotentConsumer,
  KafkaCluster,
  PostgresDatabase,
  type StartPosition,
} from '../../constructs/index.ts';

function contract(name: string, ordered = false) {
  return defineEvent({
    type: `com.example.${name}`,
    version: '1.0.0',
    topic: name,
    key: 'meter',
    ordered,
    description: 'An event of a meter.',
    schema: {
      type: 'object',
      required: ['meter'],
      properties: { meter: { type: 'string', maxLength: 20 } },
    },
  });
}

/** Kept for good. */
export const Reading = contract('readings');
/** Compacted. */
export const Price = contract('prices');
/** Kept for a day. */
export const Alarm = contract('alarms');

/** Its consumers need the order of a key. */
export const Step = contract('steps', true);

const meters = defineApp({
  appId: 'meters',
  description: 'Reads meters.',
  port: 8080,
  publishes: [Reading, Price, Alarm, Step],
});

function reader(appId: string, received: EventContract = Reading): AppManifest {
  return defineApp({ appId, description: 'Receives events.', port: 8080, subscribes: [received] });
}

/** Consumer group of the ordered topic. */
export const STEPS_GROUP = 'reads-steps';

/**
 * A platform on a Kafka of one node with a topic of each retention, one that is ordered, and consumers that start
 * somewhere.
 *
 * @param partitions of the ordered topic.
 */
export function declareMeters(
  starts: Readonly<Record<string, StartPosition>>,
  partitions = 3,
): EventPlatform {
  const platform = new EventPlatform(new App(), 'meters', { environment: Environment.local() });
  // What is to be compacted is looked for every 15 seconds otherwise.
  const properties = { 'log.cleaner.backoff.ms': 500 };
  const broker = new KafkaCluster(platform, 'kafka', { properties });
  const database = new PostgresDatabase(platform, 'postgres');
  const pubSub = new DaprPubSub(platform, 'kafka-pubsub', { broker });
  pubSub.addTopic(Reading, { retention: 'unlimited' });
  pubSub.addTopic(Price, { retention: 'compacted' });
  pubSub.addTopic(Alarm, { retention: Duration.days(1) });
  pubSub.addTopic(Step, { partitions });
  new EventProducer(platform, 'meters', { manifest: meters, pubSub, database });
  const steps = reader(STEPS_GROUP, Step);
  new IdempotentConsumer(platform, STEPS_GROUP, { manifest: steps, pubSub, database });
  for (const [appId, startFrom] of Object.entries(starts)) {
    new IdempotentConsumer(platform, appId, {
      ...{ manifest: reader(appId), pubSub, database, startFrom },
      inboxRetention: Duration.days(365),
    });
  }
  return platform;
}
