import { defineApp, defineCommand, defineEvent, defineSaga } from '@cdk8s-event-platform/contracts';

const TRIP = {
  type: 'object',
  required: ['trip_id'],
  properties: { trip_id: { type: 'string', maxLength: 64 } },
} as const;
const base = { version: '1.0.0', key: 'trip_id', schema: TRIP } as const;

export const BookRoom = defineCommand({
  ...base,
  type: 'com.example.room.book',
  topic: 'room-bookings',
  description: 'Asks for a room.',
  reply: {
    schema: {
      type: 'object',
      required: ['outcome'],
      properties: {
        outcome: { type: 'string', enum: ['booked', 'refused', 'unavailable'] },
        room: { type: 'string', maxLength: 16 },
      },
    },
  },
});

export const CancelRoom = defineCommand({
  ...base,
  type: 'com.example.room.cancel',
  topic: 'room-cancellations',
  description: 'Asks to give a room back.',
  reply: {
    schema: {
      type: 'object',
      required: ['outcome'],
      properties: { outcome: { type: 'string', enum: ['cancelled'] } },
    },
  },
});

export const BuyTicket = defineCommand({
  ...base,
  type: 'com.example.ticket.buy',
  topic: 'ticket-purchases',
  description: 'Asks for a ticket, which cannot be given back.',
  reply: {
    schema: {
      type: 'object',
      required: ['outcome'],
      properties: { outcome: { type: 'string', enum: ['bought', 'sold-out'] } },
    },
  },
});

export const TripBooked = defineEvent({
  ...base,
  type: 'com.example.trip.booked',
  topic: 'trips-booked',
  description: 'Room and ticket of a trip are there.',
});

export const BookTrip = defineSaga({
  name: 'book-trip',
  version: '1.0.0',
  description: 'Books a room, and then a ticket.',
  data: TRIP,
  steps: [
    {
      name: 'room',
      request: BookRoom,
      done: 'booked',
      failed: 'refused',
      undo: CancelRoom,
      undone: 'cancelled',
      timeout: { minutes: 5 },
      retry: { on: 'unavailable', attempts: 3, interval: { seconds: 30 } },
    },
    {
      name: 'ticket',
      request: BuyTicket,
      done: 'bought',
      failed: 'sold-out',
      timeout: { minutes: 10 },
    },
  ],
});

/** Runs the saga. */
export const trips = defineApp({
  appId: 'trips',
  description: 'Books trips.',
  port: 8080,
  serves: true,
  publishes: [TripBooked],
  sagas: [BookTrip],
});

/** A participant. */
export const hotel = defineApp({
  appId: 'hotel',
  description: 'Has rooms.',
  port: 8080,
  subscribes: [BookRoom, CancelRoom],
  migrations: [
    {
      name: '0100-rooms',
      sql: 'CREATE TABLE rooms (trip_id text PRIMARY KEY, room text, cancelled boolean NOT NULL)',
    },
  ],
});
