import { App, Duration } from 'cdk8s';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { defineApp } from '@cdk8s-event-platform/contracts';
import { handles, type ServiceParts } from '@cdk8s-event-platform/runtime';
import {
  DaprPubSub,
  DeadLetterProcessor,
  Environment,
  EventApp,
  EventPlatform,
  KafkaCluster,
  PostgresDatabase,
  SagaOrchestrator,
} from 'cdk8s-event-platform';
import { hotelParts } from '../../docs/examples/sagas/hotel.ts';
import { BuyTicket, hotel, TripBooked, trips } from '../../docs/examples/sagas/trip.ts';
import { parts } from '../../docs/examples/sagas/trips.ts';
import { type TestPlatform, testPlatform } from './test-platform.ts';

const railway = defineApp({
  ...{ appId: 'railway', description: 'Has tickets.', port: 8080 },
  subscribes: [BuyTicket],
});
const railwayParts: ServiceParts = {
  on: [
    handles(BuyTicket, (_tx, { data }) =>
      Promise.resolve({ outcome: data.trip_id.startsWith('far') ? 'sold-out' : 'bought' }),
    ),
  ],
};

const running: TestPlatform[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((platform) => platform.stop()));
});

async function start(without: readonly string[] = []): Promise<TestPlatform> {
  const platform = new EventPlatform(new App(), 'platform', { environment: Environment.local() });
  const database = new PostgresDatabase(platform, 'postgres');
  const pubSub = new DaprPubSub(platform, 'pubsub', {
    broker: new KafkaCluster(platform, 'kafka'),
  });
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letters', { pubSub, database });
  new SagaOrchestrator(platform, 'trips', { manifest: trips, pubSub, database, deadLetters });
  for (const manifest of [hotel, railway]) {
    new EventApp(platform, manifest.appId, { manifest, pubSub, database, deadLetters });
  }
  const started = await testPlatform(platform, {
    url: inject('postgresUrl'),
    without,
    apps: {
      trips: { manifest: trips, ...parts },
      ...(!without.includes('hotel') && { hotel: { manifest: hotel, ...hotelParts } }),
      railway: { manifest: railway, ...railwayParts },
    },
  });
  running.push(started);
  return started;
}

const book = (platform: TestPlatform, id: string) =>
  platform.request('trips', 'POST', `/trips/${id}`, { headers: { 'idempotency-key': id } });
const statuses = (platform: TestPlatform) =>
  platform.query('trips', 'SELECT id, status FROM sagas ORDER BY id');
const rooms = (platform: TestPlatform) =>
  platform.query('hotel', 'SELECT trip_id, cancelled FROM rooms ORDER BY trip_id');

describe('a saga in a whole platform', () => {
  it('ends with all of its effects, or with none', async () => {
    const platform = await start();
    await book(platform, 'near');
    await book(platform, 'far');
    await platform.settle();
    expect(await statuses(platform)).toEqual([
      { id: 'far', status: 'cancelled' },
      { id: 'near', status: 'completed' },
    ]);
    expect(await rooms(platform)).toEqual([
      { trip_id: 'far', cancelled: true },
      { trip_id: 'near', cancelled: false },
    ]);
    expect(await platform.published(TripBooked)).toMatchObject([{ data: { trip_id: 'near' } }]);
    expect(await platform.audit()).toMatchObject({ lost: [], doubled: [], waiting: [] });
  });

  it.each(['trips', 'hotel', 'railway'])('goes on when %s is killed', async (appId) => {
    const platform = await start();
    platform.kill(appId, 'at-commit');
    await book(platform, 'far');
    await platform.advance(Duration.minutes(2));
    expect(await statuses(platform)).toEqual([{ id: 'far', status: 'cancelled' }]);
    expect(await rooms(platform)).toEqual([{ trip_id: 'far', cancelled: true }]);
    expect(await platform.audit()).toMatchObject({ lost: [], doubled: [], quarantined: [] });
  });

  it('has each effect once when deliveries are repeated and answers are lost', async () => {
    const platform = await start();
    platform.faults.set({ duplicates: 0.5, loseAnswers: 0.3 });
    for (const id of ['far-1', 'far-2', 'near-1', 'near-2']) {
      await book(platform, id);
    }
    await platform.advance(Duration.minutes(2));
    platform.faults.clear();
    await platform.advance(Duration.minutes(2));
    expect((await statuses(platform)).map(({ status }) => status as string)).toEqual([
      ...['cancelled', 'cancelled', 'completed', 'completed'],
    ]);
    expect((await rooms(platform)).map(({ cancelled }) => cancelled as boolean)).toEqual([
      ...[true, true, false, false],
    ]);
    expect(await platform.audit()).toMatchObject({ lost: [], doubled: [] });
  });

  it('times out by the clock of the platform', async () => {
    const platform = await start(['hotel']);
    await book(platform, 'near');
    await platform.advance(Duration.minutes(4));
    expect(await statuses(platform)).toEqual([{ id: 'near', status: 'running' }]);
    await platform.advance(Duration.minutes(1));
    expect(await statuses(platform)).toEqual([{ id: 'near', status: 'undoing' }]);
    await platform.advance(Duration.minutes(15));
    expect(await statuses(platform)).toEqual([{ id: 'near', status: 'stuck' }]);
  });
});
