import type { RunningPlatform } from './platform.ts';

/** Number of a task: those of one user were accepted in this order. */
const NUMBER = `split_part(event_id, '-', 2)::int`;

/** Rows behind one of the same user that was accepted later. */
function behind(source: string, by: string): string {
  return `SELECT count(*)::int AS count FROM (
    SELECT ${by} < max(${by}) OVER (PARTITION BY user_id ORDER BY number ROWS UNBOUNDED PRECEDING) AS behind FROM (${source}) AS numbered
  ) AS ordered WHERE behind`;
}

function inboxOf(consumer: string): string {
  return `SELECT tasks.user_id, inbox.number, inbox.processed_at
    FROM (SELECT event_id, processed_at, ${NUMBER} AS number FROM processed_events WHERE consumer = '${consumer}') AS inbox
    JOIN tasks ON tasks.event_id = inbox.event_id COLLATE "C"`;
}

/** By consumer, what says in which order it has processed events. */
const ORDERS: Readonly<Record<string, string>> = {
  'task-processor': behind(`SELECT user_id, id, ${NUMBER} AS number FROM tasks`, 'id'),
  'notification-sender': behind(
    `SELECT tasks.user_id, effects.id, split_part(effects.event_id, '-', 2)::int AS number
     FROM effects JOIN tasks ON tasks.event_id = effects.event_id COLLATE "C"`,
    'id',
  ),
  // It keeps only counts: the times of its transactions stand in.
  'analytics-aggregator': behind(inboxOf('analytics-aggregator'), 'processed_at'),
};

/** Events that a consumer has processed after a later one of their key, by consumer. */
export async function outOfOrder(platform: RunningPlatform): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const [consumer, statement] of Object.entries(ORDERS)) {
    const { rows } = await platform.database.query<{ count: number }>(statement);
    counts.set(consumer, rows[0]!.count);
  }
  return counts;
}
