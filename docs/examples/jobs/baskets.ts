import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import type { JobHandler } from '@cdk8s-event-platform/runtime';

export const BasketExpired = defineEvent({
  type: 'com.example.basket.expired',
  version: '1.0.0',
  topic: 'basket-expired',
  key: 'basket_id',
  description: 'Nobody has touched a basket for a week.',
  schema: {
    type: 'object',
    required: ['basket_id'],
    properties: { basket_id: { type: 'string', maxLength: 64 } },
  },
});

export const manifest = defineApp({
  appId: 'baskets',
  description: 'Keeps baskets.',
  port: 8080,
  publishes: [BasketExpired],
  migrations: [
    {
      name: '0100-baskets',
      sql: 'CREATE TABLE baskets (basket_id text PRIMARY KEY, touched_at timestamptz NOT NULL); CREATE TABLE prices (item text, price int)',
    },
  ],
  jobs: [
    { name: 'cleanup', description: 'Removes old baskets.', schedule: '0 3 * * *' },
    { name: 'new-prices', description: 'Rounds prices.', at: '2027-01-01T00:00:00Z' },
  ],
});

export const jobs = {
  cleanup: async (tx, { due }) => {
    const { rows } = await tx.query<{ basket_id: string }>(
      "DELETE FROM baskets WHERE touched_at < $1::timestamptz - interval '7 days' RETURNING basket_id",
      [due],
    );
    // Events of one run need something that tells them from each other.
    await tx.publishAll(
      BasketExpired,
      rows.map((data) => ({ data, discriminator: data.basket_id })),
    );
  },
  'new-prices': async (tx) => {
    await tx.query('UPDATE prices SET price = round(price, -1)');
  },
} satisfies Record<string, JobHandler>;
