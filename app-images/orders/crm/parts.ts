import { each, HttpProblem, isErased, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { UserRegistered } from '../events/index.ts';

/** Leads, for people who sell. */
export const parts: ServiceParts = {
  on: [
    each(UserRegistered, async (tx, { data: { user_id: id, email, username }, time }) => {
      if (!isErased(email)) {
        await tx.query('INSERT INTO shop_leads VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
          id,
          email,
          username,
          time,
        ]);
      }
    }),
  ],
  routes: (api) => {
    api.get(
      '/api/leads/:user_id',
      { summary: 'Shows a lead.' },
      async (tx, { params: { user_id: id = '' } }) => {
        const { rows } = await tx.query('SELECT * FROM shop_leads WHERE user_id = $1', [id]);
        return (
          rows[0] ?? Promise.reject(new HttpProblem(404, `there is no lead ${id.slice(0, 64)}`))
        );
      },
    );
  },
  erase: async (tx, userId) => {
    await tx.query('DELETE FROM shop_leads WHERE user_id = $1', [userId]);
  },
};
