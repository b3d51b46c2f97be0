/** This project's runtime, with one set-based statement for the events of a delivery. */
import { batch, consumer, startConsumer } from '../../app-images/runtime/index.ts';
import { manifest } from './manifest.ts';
import { Paid } from './paid.ts';

startConsumer(
  consumer(
    manifest,
    batch(Paid, async (tx, events) => {
      await tx.query(
        `INSERT INTO payments (event_id, account, amount)
         SELECT * FROM unnest($1::text[], $2::text[], $3::int4[])`,
        [
          events.map(({ id }) => id),
          events.map(({ data }) => data.account),
          events.map(({ data }) => data.amount),
        ],
      );
    }),
  ),
);
