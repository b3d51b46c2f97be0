import type { Effect } from '../effects.ts';
import type pg from 'pg';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';
import { call } from './api-client.ts';
import { REMINDED, REMINDED_ADDRESS } from './jobs.ts';
import type { Action, TodoUser } from './user.ts';
import type { WebhookReceiver } from '../webhook-receiver.ts';

/** Sample tasks of each user. */
const SAMPLES = 3;
/** Tasks that a job deletes. */
const CLEANED = 1;
/** What users have caused, and not jobs. */
const OF_USERS = `user_id <> '${REMINDED}'`;

/** Events that have to have come to consumers. */
export interface Expected {
  readonly registered: number;
  readonly created: number;
  readonly updated: number;
  readonly completed: number;
  readonly deleted: number;
}

/** What users have done, with the tasks that they were given. */
export function expectedOf(users: readonly TodoUser[]): Expected {
  const actions = users.flatMap((user) => user.actions);
  const count = (action: Action['action']) =>
    actions.filter((each) => each.action === action).length;
  return {
    registered: users.length,
    created: count('created') + SAMPLES * users.length,
    updated: count('updated'),
    completed: count('completed'),
    deleted: count('deleted'),
  };
}

async function numberOf(database: pg.Pool, statement: string): Promise<number> {
  const { rows } = await database.query<{ n: number }>(`SELECT (${statement})::int AS n`);
  return rows[0]!.n;
}

/** Every effect of every consumer. */
export async function effectsOf(
  { database, mails }: RunningPlatform,
  users: readonly TodoUser[],
  receiver: WebhookReceiver,
): Promise<Effect[]> {
  const { registered, created, updated, completed, deleted } = expectedOf(users);
  const told = created + updated + completed + deleted;
  const remaining = created - deleted;
  const commented = users.flatMap((user) =>
    user.commented.filter((id) => user.tasks.some((task) => task.taskId === id && !task.deleted)),
  ).length;
  const sql = (statement: string) => numberOf(database, statement);
  const statistic = (metric: string) =>
    sql(`SELECT coalesce(sum(count), 0) FROM todo_statistics WHERE metric = '${metric}'`);
  const activity = (action: string) =>
    sql(`SELECT count(*) FROM todo_activity WHERE action = '${action}' AND ${OF_USERS}`);
  const webhooks = (service: string) => new Set(receiver.received.get(service)).size;
  const rows: [string, string, number, number][] = [
    [
      'api',
      'tasks',
      remaining,
      await sql('SELECT count(*) FROM todo_tasks WHERE deleted_at IS NULL'),
    ],
    [
      'onboarding',
      'sample tasks',
      SAMPLES * registered,
      await sql(`SELECT count(*) FROM todo_tasks WHERE task_id >= 2::bigint ^ 40 AND ${OF_USERS}`),
    ],
    [
      'notifications',
      'rows',
      registered + created + completed,
      await sql(`SELECT count(*) FROM todo_notifications WHERE ${OF_USERS}`),
    ],
    ['notifications', 'mails, by id', registered + created + completed, mailsOf(mails.mails)],
    [
      'notifications',
      'open tasks',
      created - (await closed(database)),
      await sql(`SELECT count(*) FROM todo_open_tasks WHERE NOT closed AND ${OF_USERS}`),
    ],
    ['analytics', 'registered', registered, await statistic('registered')],
    ['analytics', 'created', created, await statistic('created')],
    ['analytics', 'completed', completed, await statistic('completed')],
    ['search', 'tasks', remaining, await sql('SELECT count(*) FROM todo_search WHERE NOT deleted')],
    ['activity', 'created', created, await activity('created')],
    ['activity', 'updated', updated, await activity('updated')],
    ['activity', 'completed', completed, await activity('completed')],
    ['activity', 'deleted', deleted, await activity('deleted')],
    [
      'audit',
      'entries',
      registered + told,
      await sql(`SELECT count(*) FROM todo_audit WHERE ${OF_USERS}`),
    ],
    ['gamification', 'awards', completed, await sql('SELECT count(*) FROM todo_awards')],
    ['comments', 'comments', commented, await sql('SELECT count(*) FROM todo_comments')],
    ['sync', 'slack, by id', told + CLEANED, webhooks('slack')],
    ['sync', 'jira, by id', told + CLEANED, webhooks('jira')],
  ];
  return rows.map(([consumer, effect, expected, found]) => ({
    ...{ consumer, effect, expected, found },
  }));
}

/** Mails to users, without repetitions. */
function mailsOf(mails: RunningPlatform['mails']['mails']): number {
  const ids = mails.filter(({ to }) => !to.includes(REMINDED_ADDRESS));
  return new Set(ids.map(({ messageId }) => messageId)).size;
}

/** Tasks that are completed or deleted. */
function closed(database: pg.Pool): Promise<number> {
  return numberOf(
    database,
    `SELECT count(*) FROM todo_tasks
     WHERE (completed_at IS NOT NULL OR deleted_at IS NOT NULL) AND ${OF_USERS}`,
  );
}

/** Entries of the activity log of each user that do not follow each other as the user has acted. */
export async function orderViolations(
  { database }: RunningPlatform,
  users: readonly TodoUser[],
): Promise<number> {
  let violations = 0;
  for (const { userId, actions } of users) {
    const { rows } = await database.query<{ action: string; task_id: string }>(
      `SELECT action, task_id FROM todo_activity WHERE user_id = $1 AND task_id < 2::bigint ^ 40
       ORDER BY id`,
      [userId],
    );
    const logged = rows.map(({ action, task_id: taskId }) => `${action} ${taskId}`);
    const done = actions.map(({ action, taskId }) => `${action} ${taskId}`);
    violations +=
      Math.max(logged.length, done.length) - logged.filter((each, n) => each === done[n]).length;
  }
  return violations;
}

/** Chains of the audit log that are not whole. */
export async function brokenChains(
  platform: RunningPlatform,
  users: readonly TodoUser[],
): Promise<number> {
  const answers = await Promise.all(
    users.map(({ userId }) => call(platform, 'todo-audit', 'GET', `/api/audit/${userId}`)),
  );
  return answers.filter(({ status }) => status !== 200).length;
}

/** Answers of the API that came from the cache. */
export async function cacheHits({ apps }: RunningPlatform): Promise<number> {
  const { metricsPort } = apps.get('todo-api')!;
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
  const [, hits] = /^cache_requests_total\{[^}]*result="hit"[^}]*\} (\d+)/m.exec(text) ?? [];
  return Number(hits ?? 0);
}

/** Tasks that the cache shows otherwise than the database, of all that there ever were. */
export async function staleTasks(platform: RunningPlatform): Promise<{
  readonly compared: number;
  readonly stale: number;
}> {
  const { rows } = await platform.database.query<{ task_id: string }>(
    'SELECT task_id FROM todo_tasks',
  );
  let stale = 0;
  for (const { task_id: taskId } of rows) {
    const path = `/api/tasks/${taskId}`;
    // The first fills the cache, unless it has the task.
    await call(platform, 'todo-api', 'GET', path);
    const cached = await call(platform, 'todo-api', 'GET', path);
    const current = await call(platform, 'todo-api', 'GET', path, {
      headers: { 'cache-control': 'no-cache' },
    });
    stale += JSON.stringify(cached) === JSON.stringify(current) ? 0 : 1;
  }
  return { compared: rows.length, stale };
}

/** Tasks that are not in the database as their users know them. */
export async function wrongTasks(
  { database }: RunningPlatform,
  users: readonly TodoUser[],
): Promise<number> {
  const { rows } = await database.query<{
    id: string;
    title: string;
    completed: boolean;
    deleted: boolean;
  }>(
    `SELECT task_id AS id, title, completed_at IS NOT NULL AS completed, deleted_at IS NOT NULL AS deleted
     FROM todo_tasks`,
  );
  const byId = new Map(rows.map(({ id, ...row }) => [Number(id), JSON.stringify(row)]));
  return users
    .flatMap(({ tasks }) => tasks)
    .filter(
      ({ taskId, title, completed, deleted }) =>
        byId.get(taskId) !== JSON.stringify({ title, completed, deleted }),
    ).length;
}
