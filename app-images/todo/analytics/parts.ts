import { batch, type ServiceParts, type Transaction } from '@cdk8s-event-platform/runtime';
import { TaskCompleted, TaskCreated, UserRegistered } from '../events/index.ts';

/** Adds events to the counts of their days, in UTC. One delivery at a time: several count on the same few rows. */
async function count(
  tx: Transaction,
  metric: 'registered' | 'created' | 'completed',
  events: readonly { readonly at: string; readonly minutes?: number }[],
): Promise<void> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtext('todo_statistics'))`);
  await tx.query(
    `INSERT INTO todo_statistics AS present (metric, day, count, minutes)
     SELECT $1, (at AT TIME ZONE 'UTC')::date AS day, count(*), sum(minutes)
     FROM unnest($2::timestamptz[], $3::bigint[]) AS happened (at, minutes)
     GROUP BY day
     ON CONFLICT (metric, day) DO UPDATE
       SET count = present.count + excluded.count, minutes = present.minutes + excluded.minutes`,
    [metric, events.map(({ at }) => at), events.map(({ minutes = 0 }) => minutes)],
  );
}

const DAYS = {
  type: 'object',
  properties: { days: { type: 'integer', minimum: 1, maximum: 366 } },
} as const;

interface Day {
  readonly day: string;
  readonly registered: number;
  readonly created: number;
  readonly completed: number;
  readonly minutes: number;
}

async function statistics(tx: Transaction, days: number) {
  const { rows } = await tx.query<Day>(
    `SELECT day::text,
       coalesce(sum(count) FILTER (WHERE metric = 'registered'), 0)::int AS registered,
       coalesce(sum(count) FILTER (WHERE metric = 'created'), 0)::int AS created,
       coalesce(sum(count) FILTER (WHERE metric = 'completed'), 0)::int AS completed,
       coalesce(sum(minutes), 0)::float AS minutes
     FROM todo_statistics GROUP BY day ORDER BY day DESC LIMIT $1`,
    [days],
  );
  const total = (name: 'created' | 'completed') => rows.reduce((sum, row) => sum + row[name], 0);
  const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    days: rows.map(({ minutes, ...row }) => ({
      ...row,
      mean_minutes: ratio(minutes, row.completed),
    })),
    completion_ratio: ratio(total('completed'), total('created')),
  };
}

/** Statistics of users and tasks. */
export const parts: ServiceParts = {
  on: [
    batch(UserRegistered, (tx, events) =>
      count(
        tx,
        'registered',
        events.map(({ data }) => ({ at: data.registered_at })),
      ),
    ),
    batch(TaskCreated, (tx, events) =>
      count(
        tx,
        'created',
        events.map(({ data }) => ({ at: data.created_at })),
      ),
    ),
    batch(TaskCompleted, (tx, events) =>
      count(
        tx,
        'completed',
        events.map(({ data }) => ({ at: data.completed_at, minutes: data.duration_minutes })),
      ),
    ),
  ],
  routes: (api) => {
    api.get(
      '/api/analytics',
      { summary: 'Shows what happened on the newest days.', query: DAYS },
      (tx, { query: { days = 30 } }) => statistics(tx, days),
    );
  },
};
