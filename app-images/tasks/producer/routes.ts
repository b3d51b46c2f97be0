import { createHash } from 'node:crypto';
import { TaskCreated } from '../events/index.ts';
import { answer, type Api } from '@cdk8s-event-platform/runtime';
import { TASK_PROPERTIES } from '../events/task-properties.ts';

/** The data of the event, but for what the producer fills in. */
const TASK_REQUEST = {
  type: 'object',
  properties: TASK_PROPERTIES,
  required: ['user_id', 'title'],
  additionalProperties: false,
} as const;

/** A task id for a client that has none: the first 52 bits of the request id's hash, plus one. */
export function taskIdOf(requestId: string): number {
  return Number.parseInt(createHash('sha256').update(requestId).digest('hex').slice(0, 13), 16) + 1;
}

/**
 * `POST /tasks` answers 202 once the task is committed; it is published from there, be the broker up or
 * down. The id of the event is the request's: the client's `Idempotency-Key`, where it has one.
 */
export function routes(api: Api): void {
  api.post('/tasks', { body: TASK_REQUEST }, async (tx, { id, body }) => {
    const time = new Date().toISOString();
    const data = { task_id: taskIdOf(id), created_at: time, ...body };
    await tx.publish(TaskCreated, data, { id, time });
    return answer(202, { event_id: id, type: TaskCreated.type, data });
  });
}
