/** This project's runtime, with a handler that is given one event at a time. */
import { consumer, each, startConsumer } from '../../app-images/runtime/index.ts';
import { manifest } from './manifest.ts';
import { Paid } from './paid.ts';

startConsumer(
  consumer(
    manifest,
    each(Paid, async (tx, { id, data }) => {
      await tx.query('INSERT INTO payments (event_id, account, amount) VALUES ($1, $2, $3)', [
        id,
        data.account,
        data.amount,
      ]);
    }),
  ),
);
