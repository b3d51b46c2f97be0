import { App } from 'cdk8s';
import {
  DaprConfiguration,
  DaprPubSub,
  DeadLetterProcessor,
  defineEvent,
  defineImage,
  Environment,
  EventPlatform,
  EventProducer,
  GrafanaDashboards,
  IdempotentConsumer,
  type IMessageBroker,
  KafkaCluster,
  PostgresDatabase,
} from '../index.ts';

/** Consumers for each producer. */
const CONSUMERS_PER_PRODUCER = 10;

/** The event of one topic. */
function eventOf(number: number) {
  return defineEvent({
    type: `com.example.event${number}.happened`,
    version: '1.0.0',
    topic: `event-${number}`,
    key: 'entity_id',
    description: `Number ${number} has happened.`,
    schema: {
      type: 'object',
      required: ['entity_id', 'happened_at', `value_${number}`],
      properties: {
        entity_id: { type: 'string', format: 'uuid' },
        happened_at: { type: 'string', format: 'date-time' },
        [`value_${number}`]: { type: 'integer', minimum: 0, maximum: 1_000_000 + number },
        note: { type: 'string', maxLength: 200 },
      },
    },
  });
}

/**
 * A platform as in production, with accounts, dead letters, lag scalers, alerts and dashboards. Each
 * consumer receives a topic of its own, and each producer publishes ten of them.
 *
 * @param makeBroker makes the broker. @default - Kafka
 */
export function manyConsumers(
  consumers: number,
  makeBroker: (platform: EventPlatform) => IMessageBroker = (platform) =>
    new KafkaCluster(platform, 'kafka'),
): EventPlatform {
  const environment = Environment.production({
    images: { registry: 'registry.example.com', tag: '1.0.0' },
    postgres: { host: 'postgres.example.com' },
  });
  const platform = new EventPlatform(new App(), 'platform', { environment });
  new DaprConfiguration(platform, 'event-platform');
  const broker = makeBroker(platform);
  const database = new PostgresDatabase(platform, 'postgres');
  const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
  const image = { description: 'One of many.', port: 8080 };
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letters', {
    manifest: defineImage({ ...image, appId: 'dead-letters' }),
    pubSub,
    database,
  });
  const events = Array.from({ length: consumers }, (_, index) => eventOf(index + 1));
  for (let first = 0; first < consumers; first += CONSUMERS_PER_PRODUCER) {
    const number = first / CONSUMERS_PER_PRODUCER + 1;
    const publishes = events.slice(first, first + CONSUMERS_PER_PRODUCER);
    new EventProducer(platform, `producer-${number}`, {
      manifest: defineImage({ ...image, appId: `producer-${number}`, publishes }),
      pubSub,
      database,
    });
  }
  events.forEach((event, index) => {
    const number = index + 1;
    new IdempotentConsumer(platform, `consumer-${number}`, {
      manifest: defineImage({
        ...image,
        appId: `consumer-${number}`,
        subscribes: [event],
        migrations: [
          {
            name: `${1000 + number}-consumer-${number}`,
            sql: `CREATE TABLE event_${number} (entity_id uuid PRIMARY KEY, value bigint NOT NULL);`,
          },
        ],
      }),
      pubSub,
      database,
      deadLetters,
    });
  });
  new GrafanaDashboards(platform, 'dashboards');
  return platform;
}
