import { App } from 'cdk8s';
import {
  DaprPubSub,
  defineApp,
  Environment,
  EventApp,
  EventPlatform,
  KafkaCluster,
  PostgresDatabase,
  SagaOrchestrator,
} from '../../constructs/index.ts';
import { defineCommand, defineSaga } from '../../contracts/index.ts';

const Book = defineCommand({
  type: 'com.example.trip.book',
  version: '1.0.0',
  topic: 'bookings',
  key: 'trip_id',
  description: 'Asks for a room.',
  schema: {
    type: 'object',
    required: ['trip_id'],
    properties: { trip_id: { type: 'string', maxLength: 64 } },
  },
  reply: {
    schema: {
      type: 'object',
      required: ['outcome'],
      properties: { outcome: { enum: ['booked', 'full'] } },
    },
  },
});

const BookTrip = defineSaga({
  name: 'book-trip',
  version: '1.0.0',
  description: 'Books a trip.',
  data: { type: 'object', properties: {} },
  steps: [{ name: 'room', request: Book, done: 'booked', failed: 'full', timeout: { minutes: 5 } }],
});

/** An app that runs a saga, with a participant. */
export function sagaPlatform(): EventPlatform {
  const platform = new EventPlatform(new App(), 'platform', { environment: Environment.local() });
  const database = new PostgresDatabase(platform, 'postgres');
  const pubSub = new DaprPubSub(platform, 'pubsub', {
    broker: new KafkaCluster(platform, 'kafka'),
  });
  const app = { description: 'Books trips.', port: 8080 };
  new SagaOrchestrator(platform, 'trips', {
    manifest: defineApp({ ...app, appId: 'trips', sagas: [BookTrip] }),
    ...{ pubSub, database },
  });
  new EventApp(platform, 'hotel', {
    manifest: defineApp({ ...app, appId: 'hotel', subscribes: [Book] }),
    ...{ pubSub, database },
  });
  return platform;
}
