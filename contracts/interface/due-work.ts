import { EFFECTS_TABLE } from './effects.ts';
import { QUARANTINE_TABLE } from './inbox.ts';
import { OUTBOX_TABLE } from './outbox.ts';

/**
 * Whether a row `q` of the quarantine is to be processed now: somebody has asked for it, or it waited for
 * an earlier one of its key that has gone.
 */
export const IS_REPLAYABLE = `(q.status = 'replaying' OR (q.status = 'held' AND q.reason = 'parked'))
  AND (NOT q.blocks OR NOT EXISTS (
    SELECT FROM ${QUARANTINE_TABLE} earlier
    WHERE earlier.consumer = q.consumer AND earlier.topic = q.topic AND earlier.key = q.key
      AND earlier.id < q.id AND earlier.blocks AND earlier.status <> 'discarded'))`;

/**
 * SQL for what waits in the database for an app that may have no pod: effects that are due, events of the
 * quarantine that are to be processed again, and events of its outbox. One number.
 *
 * @param appId a DNS label, so that it needs no escape.
 * @example
 * dueWorkQuery('task-processor'); // "SELECT (SELECT count(*) …"
 */
export function dueWorkQuery(appId: string): string {
  return [
    `(SELECT count(*) FROM ${EFFECTS_TABLE} WHERE consumer = '${appId}' AND status = 'pending' AND due_at <= now())`,
    `(SELECT count(*) FROM ${QUARANTINE_TABLE} q WHERE q.consumer = '${appId}' AND ${IS_REPLAYABLE})`,
    `(SELECT count(*) FROM ${OUTBOX_TABLE} WHERE producer = '${appId}' AND set_aside_because IS NULL)`,
  ]
    .reduce((query, part, index) => `${query}${index === 0 ? '' : ' + '}${part}`, 'SELECT ')
    .replaceAll(/\s+/g, ' ');
}
