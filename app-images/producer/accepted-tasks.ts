import { createHash } from 'node:crypto';
import { TaskCreated, type TaskCreatedData } from '@cdk8s-event-platform/contracts';
import {
  addToOutbox,
  EventSource,
  inTransaction,
  runStatement,
} from '@cdk8s-event-platform/runtime';
import type pg from 'pg';
import { manifest } from './manifest.ts';

/** A key came again with another request. */
export class KeyReusedError extends Error {
  public override readonly name = 'KeyReusedError';
}

/** A request for a task, with what the producer has filled in. */
export interface TaskToAccept {
  /** The client's key, which is the event's id. */
  readonly id: string;
  readonly time: string;
  /** What the client sent. */
  readonly request: object;
  /** What is published. */
  readonly data: TaskCreatedData;
  readonly traceparent: string | undefined;
}

/** Days for which a repeated request is known. */
const REMEMBERED_DAYS = 7;

/*
 * One statement, which locks the row that is there: it cannot be forgotten before it is read. A row that was just inserted
 * has no transaction that has locked or deleted it.
 */
const STORE = `INSERT INTO accepted_tasks AS present (idempotency_key, fingerprint, data) VALUES ($1, $2, $3)
ON CONFLICT (idempotency_key) DO UPDATE SET fingerprint = present.fingerprint
RETURNING fingerprint, data, xmax = 0 AS is_new`;

interface StoredTask {
  readonly fingerprint: string;
  readonly data: TaskCreatedData;
  readonly is_new: boolean;
}

/** The same for the same request, whatever the order of its properties. */
function fingerprint(request: object): string {
  const sorted = Object.entries(request).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

/** Tasks that were accepted: each in one transaction with its event in the outbox. */
export class AcceptedTasks {
  readonly #events = new EventSource('/producer-service', manifest.publishes);

  public constructor(
    private readonly pool: pg.Pool,
    private readonly onAccepted: () => void,
  ) {}

  /**
   * Accepts a task once. When it comes again, it is what it was: event and time stay the same.
   *
   * @returns the data of its event.
   * @throws KeyReusedError when the key was used for another request.
   */
  public async accept(task: TaskToAccept): Promise<TaskCreatedData> {
    const { id, time, data, traceparent } = task;
    const event = this.#events.create(TaskCreated, data, { id, time, traceparent });
    const print = fingerprint(task.request);
    const stored = await inTransaction(this.pool, async (tx) => {
      const { rows } = await tx.query<StoredTask>(STORE, [id, print, JSON.stringify(data)]);
      if (rows[0]!.is_new) {
        await addToOutbox(tx, manifest.appId, TaskCreated, event);
      }
      return rows[0]!;
    });
    if (stored.is_new) {
      this.onAccepted();
      return data;
    }
    if (stored.fingerprint !== print) {
      throw new KeyReusedError('this Idempotency-Key was used for another request: use a new one');
    }
    return stored.data;
  }

  /** Forgets requests that nobody will repeat any more. */
  public async forgetOld(): Promise<void> {
    await runStatement(
      this.pool,
      `DELETE FROM accepted_tasks WHERE accepted_at < now() - make_interval(days => ${REMEMBERED_DAYS})`,
    );
  }
}
