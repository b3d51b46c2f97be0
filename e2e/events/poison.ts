import { randomUUID } from 'node:crypto';
import { TaskCreated } from '../../app-images/tasks/events/index.ts';

/** A message that no consumer can process. */
export interface PoisonEvent {
  readonly contentType: string;
  readonly body: string;
  /** Query of the publish API. */
  readonly query?: string;
}

const ENVELOPE = 'application/cloudevents+json';

function envelope(changes: object): string {
  return JSON.stringify({
    specversion: '1.0',
    id: `poison-${randomUUID()}`,
    source: '/poison',
    time: new Date().toISOString(),
    type: TaskCreated.type,
    datacontenttype: 'application/json',
    data: { task_id: 1, user_id: 'u', title: 't', created_at: '2026-01-01T00:00:00Z' },
    ...changes,
  });
}

/** Ways to be poison: against the schema, of a type that no app declares, and not an event, so that sidecars give up. */
const KINDS: readonly (() => PoisonEvent)[] = [
  () => ({ contentType: ENVELOPE, body: envelope({ data: { task_id: 1, title: 't' } }) }),
  () => ({
    contentType: ENVELOPE,
    body: envelope({
      data: {
        task_id: 1,
        user_id: randomUUID(),
        title: 'a\u0000b',
        created_at: '2026-01-01T00:00:00Z',
      },
    }),
  }),
  () => ({ contentType: ENVELOPE, body: envelope({ data: 'not an object' }) }),
  () => ({ contentType: ENVELOPE, body: envelope({ type: 'com.myapp.task.exploded' }) }),
  () => ({ contentType: 'text/plain', body: `not an event ${randomUUID()}` }),
  () => ({
    contentType: 'text/plain',
    body: `not even JSON ${randomUUID()}`,
    query: '?metadata.rawPayload=true',
  }),
];

/** As many poison events as asked for, of each kind in turn. */
export function poisonEvents(count: number): PoisonEvent[] {
  return Array.from({ length: count }, (_, index) => KINDS[index % KINDS.length]!());
}
