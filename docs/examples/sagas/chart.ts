import {
  type DaprPubSub,
  type DeadLetterProcessor,
  EventApp,
  type EventPlatform,
  type PostgresDatabase,
  SagaOrchestrator,
} from 'cdk8s-event-platform';
import { hotel, trips } from './trip.ts';

export function addTrips(
  platform: EventPlatform,
  parts: {
    readonly pubSub: DaprPubSub;
    readonly database: PostgresDatabase;
    readonly deadLetters: DeadLetterProcessor;
  },
): void {
  new SagaOrchestrator(platform, 'trips', { manifest: trips, ...parts });
  new EventApp(platform, 'hotel', { manifest: hotel, ...parts });
}
