import { setTimeout as sleep } from 'node:timers/promises';
import { JOBS_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';

/** A user about whom no command is sent: only jobs do something for them. */
export const REMINDED = 'reminded';
/** Their task that has been open for long. */
export const OLD_TASK = Number.MAX_SAFE_INTEGER;
/** Their task that was completed long ago. */
const DONE_TASK = OLD_TASK - 1;
/** Address that they are reminded at. */
export const REMINDED_ADDRESS = 'reminded@example.com';

/** Schedules of the run, more often than those of the system. */
const OVERRIDES: Readonly<Record<string, object>> = {
  'todo-notifications': { reminders: { schedule: '@every 3s' } },
  'todo-api': { cleanup: { schedule: '@every 5s' } },
};
/** Least reminders of a run. */
const MIN_RUNS = 8;
/** Time in which they have to have come, in milliseconds: sidecars may need half a minute to find a scheduler again. */
const PATIENCE = 90_000;

/** What an app is told of its jobs. */
export function jobOverrides(appId: string): Record<string, string> {
  const overrides = OVERRIDES[appId];
  return overrides === undefined ? {} : { [JOBS_ENV]: JSON.stringify(overrides) };
}

/** Gives jobs something to do. */
export async function addDueWork({ database }: RunningPlatform): Promise<void> {
  await database.query('INSERT INTO todo_contacts (user_id, email, name) VALUES ($1, $2, $1)', [
    ...[REMINDED, REMINDED_ADDRESS],
  ]);
  await database.query(
    `INSERT INTO todo_open_tasks (task_id, user_id, title, created_at, closed)
     VALUES ($1, $2, 'Old', now() - interval '4 days', false)`,
    [OLD_TASK, REMINDED],
  );
  await database.query(
    `INSERT INTO todo_tasks (task_id, user_id, title, created_at, updated_at, completed_at)
     SELECT $1, $2, 'Done', at, at, at FROM (SELECT now() - interval '100 days' AS at) AS long_ago`,
    [DONE_TASK, REMINDED],
  );
}

/** What is wrong with what jobs have done: each due time has one reminder, and a task is deleted once. */
export async function jobFailures(
  { database, mails }: RunningPlatform,
  progress: (text: string) => void,
): Promise<string[]> {
  const remindersUntil = async () => {
    const { rows } = await database.query<{ at: Date }>(
      'SELECT at FROM todo_notifications WHERE user_id = $1 ORDER BY at',
      [REMINDED],
    );
    return rows.map(({ at }) => at.getTime());
  };
  const mailed = () =>
    new Set(
      mails.mails
        .filter(({ to }) => to.includes(REMINDED_ADDRESS))
        .map(({ messageId }) => messageId),
    ).size;
  let due = await remindersUntil();
  const end = performance.now() + PATIENCE;
  while ((due.length < MIN_RUNS || mailed() < due.length) && performance.now() < end) {
    await sleep(500);
    due = await remindersUntil();
  }
  const sent = mailed();
  const { rows } = await database.query<{ deleted: number }>(
    `SELECT count(*)::int AS deleted FROM todo_activity WHERE task_id = $1 AND action = 'deleted'`,
    [DONE_TASK],
  );
  const deleted = rows[0]!.deleted;
  progress(`${due.length} due times of reminders, ${sent} mails; ${deleted} old task deleted`);
  return [
    ...(new Set(due).size === due.length ? [] : ['a due time has two reminders']),
    ...(due.every((at) => at % 3_000 === 0) ? [] : ['a reminder has another time than its job']),
    ...(due.length >= MIN_RUNS ? [] : [`${due.length} reminders instead of ${MIN_RUNS} or more`]),
    ...(Math.abs(sent - due.length) <= 1 ? [] : [`${sent} mails of ${due.length} reminders`]),
    ...(deleted === 1 ? [] : [`the old task was deleted ${deleted} times`]),
  ];
}
