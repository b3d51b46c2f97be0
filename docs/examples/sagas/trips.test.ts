import {
  answered,
  createDatabase,
  givenSaga,
  passes,
  TestApp,
} from '@cdk8s-event-platform/runtime/testing';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { hotelParts } from './hotel.ts';
import { BookRoom, BookTrip, BuyTicket, CancelRoom, hotel, TripBooked, trips } from './trip.ts';
import { parts } from './trips.ts';

let database: Awaited<ReturnType<typeof createDatabase>>;
beforeAll(async () => {
  database = await createDatabase([trips, hotel], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());

it('gives the room back when nothing is known of it in time', () => {
  const { sends, state } = givenSaga(BookTrip).when(passes({ minutes: 5 }));
  expect([sends, state.status]).toEqual([['room.undo'], 'undoing']);
  const soldOut = answered('ticket', 'sold-out');
  expect(givenSaga(BookTrip, answered('room', 'booked')).when(soldOut).sends).toEqual([
    'room.undo',
  ]);
});

it('books a trip', async () => {
  const app = new TestApp({ manifest: trips, ...parts }, database);
  let tries = 0;
  app.answer(BookRoom, () => ({ outcome: ++tries === 1 ? 'unavailable' : 'booked' }));
  app.answer(BuyTicket, () => ({ outcome: 'bought' }));
  await app.request('POST', '/trips/t-1');
  await app.sagas.settle();
  expect(await app.sagas.find(BookTrip, 't-1')).toMatchObject({ status: 'running', step: 'room' });
  await app.sagas.advance({ seconds: 30 });
  expect(await app.sagas.find(BookTrip, 't-1')).toMatchObject({ status: 'completed' });
  expect(await app.published(TripBooked)).toHaveLength(1);
});

it('refuses a room that was cancelled before', async () => {
  const app = new TestApp({ manifest: hotel, ...hotelParts }, database);
  const trip = { trip_id: 't-2' };
  await app.deliver(CancelRoom, trip, { replyto: 'trips' });
  await app.deliver(BookRoom, trip, { replyto: 'trips' });
  expect(await app.published(BookRoom.reply)).toMatchObject([
    { data: { reply: { outcome: 'refused' } } },
  ]);
});
