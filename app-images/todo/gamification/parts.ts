import { each, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { TaskCompleted } from '../events/index.ts';

/** Points of a completed task, and more of them where it took less than an hour. */
const POINTS = { completed: 10, withinAnHour: 5 } as const;
/** Badges, by the completed tasks that they are for. */
const BADGES = { 'first-step': 1, steady: 10, tireless: 100 } as const;

/** Badges of a user who has completed some tasks. */
export function badgesFor(completed: number): string[] {
  return Object.entries(BADGES)
    .filter(([, needed]) => completed >= needed)
    .map(([badge]) => badge);
}

/** Points and badges; a task has points once, whatever happens to it. */
export const parts: ServiceParts = {
  on: [
    each(TaskCompleted, async (tx, { data }) => {
      const { task_id: taskId, user_id: userId, duration_minutes: minutes } = data;
      const points = POINTS.completed + (minutes < 60 ? POINTS.withinAnHour : 0);
      await tx.query(
        `WITH awarded AS (
           INSERT INTO todo_awards (task_id, user_id, points) VALUES ($1, $2, $3)
           ON CONFLICT DO NOTHING RETURNING user_id, points)
         INSERT INTO todo_points AS present (user_id, points, completed)
         SELECT user_id, points, 1 FROM awarded
         ON CONFLICT (user_id) DO UPDATE
           SET points = present.points + excluded.points, completed = present.completed + 1`,
        [taskId, userId, points],
      );
    }),
  ],
  routes: (api) => {
    api.get(
      '/api/points/:user_id',
      { summary: 'Shows points and badges of a user.' },
      async (tx, { params }) => {
        const { rows } = await tx.query<{ points: string; completed: string }>(
          'SELECT points, completed FROM todo_points WHERE user_id = $1',
          [params.user_id],
        );
        const [points, completed] = [Number(rows[0]?.points ?? 0), Number(rows[0]?.completed ?? 0)];
        return { points, completed, badges: badgesFor(completed) };
      },
    );
  },
  erase: async (tx, userId) => {
    await tx.query('DELETE FROM todo_points WHERE user_id = $1', [userId]);
    await tx.query('DELETE FROM todo_awards WHERE user_id = $1', [userId]);
  },
};
