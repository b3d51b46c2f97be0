import { QUARANTINE_TABLE } from './inbox.ts';

/**
 * Whether a row `q` of the quarantine is to be processed now: somebody has asked for it, or it waited for
 * an earlier one of its key that has gone. It is part of a migration, so a change of it needs another one.
 */
export const IS_REPLAYABLE = `(q.status = 'replaying' OR (q.status = 'held' AND q.reason = 'parked'))
  AND (NOT q.blocks OR NOT EXISTS (
    SELECT FROM ${QUARANTINE_TABLE} earlier
    WHERE earlier.consumer = q.consumer AND earlier.topic = q.topic AND earlier.key = q.key
      AND earlier.id < q.id AND earlier.blocks AND earlier.status <> 'discarded'))`;

/** Name of the SQL function `(app text)` that counts what waits for an app. */
export const DUE_WORK_FUNCTION = 'due_work';

/**
 * SQL for what waits in the database for an app that may have no pod: effects that are due, events of the
 * quarantine that are to be processed again, and events of its outbox. One number.
 *
 * @param appId a DNS label, so that it needs no escape.
 * @example
 * dueWorkQuery('task-processor'); // "SELECT due_work('task-processor')"
 */
export function dueWorkQuery(appId: string): string {
  return `SELECT ${DUE_WORK_FUNCTION}('${appId}')`;
}
