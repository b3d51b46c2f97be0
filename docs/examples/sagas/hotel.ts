import { handles, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { BookRoom, CancelRoom } from './trip.ts';

export const hotelParts: ServiceParts = {
  on: [
    handles(BookRoom, async (tx, { data }) => {
      // A note of a cancellation that has come first keeps the room from being booked.
      const { rows } = await tx.query<{ room: string | null; cancelled: boolean }>(
        `INSERT INTO rooms AS present VALUES ($1, '12b', false)
         ON CONFLICT (trip_id) DO UPDATE SET room = present.room RETURNING room, cancelled`,
        [data.trip_id],
      );
      const { room, cancelled } = rows[0]!;
      return cancelled || room === null ? { outcome: 'refused' } : { outcome: 'booked', room };
    }),
    handles(CancelRoom, async (tx, { data }) => {
      await tx.query(
        `INSERT INTO rooms VALUES ($1, NULL, true)
         ON CONFLICT (trip_id) DO UPDATE SET room = NULL, cancelled = true`,
        [data.trip_id],
      );
      return { outcome: 'cancelled' };
    }),
  ],
};
