import { answer, orchestrate, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { BookTrip, TripBooked } from './trip.ts';

export const bookTrip = orchestrate(BookTrip, {
  steps: {
    room: {
      request: ({ data }) => ({ trip_id: data.trip_id }),
      undo: ({ data }) => ({ trip_id: data.trip_id }),
    },
    // The answers of earlier steps are there: `replies.room.room`.
    ticket: { request: ({ data }) => ({ trip_id: data.trip_id }) },
  },
  completed: (tx, { id }) => tx.publish(TripBooked, { trip_id: id }),
});

export const parts: ServiceParts = {
  on: [bookTrip],
  routes: (api) =>
    api.post('/trips/:id', {}, async (tx, { params }) => {
      const trip_id = params.id!;
      await bookTrip.start(tx, { id: trip_id, data: { trip_id } });
      return answer(202, { trip_id });
    }),
};
