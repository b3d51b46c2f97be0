import type pg from 'pg';
import { inTransaction } from '../database/database.ts';
import { onPlatformTables } from '../database/platform-tables.ts';
import { eventTransaction } from '../delivery/event-transaction.ts';
import { classifyFailure, describeFailure } from '../errors/failure.ts';
import type { EventPublisher } from '../outbox/event-publisher.ts';
import { appScope } from '../process/app-scope.ts';
import type { Logger } from '../telemetry/logging.ts';
import type { SagaRunner } from './saga-runner.ts';
import type { SagaRow } from './saga-store.ts';

/** Sagas of one round. */
const ROUND = 100;
/** Time after which a saga is looked at again that the app has failed at, in milliseconds. */
const PAUSE_AFTER_FAILURE = 30_000;

/** Options of {@link SagaWorker}. */
export interface SagaWorkerOptions {
  readonly appId: string;
  readonly sagas: SagaRunner;
  readonly pool: pg.Pool;
  readonly publisher: EventPublisher;
  readonly log: Logger;
}

/** Does what is due of sagas: timeouts, next attempts, and what operators ask for. Several workers can run in parallel. */
export class SagaWorker {
  public constructor(private readonly options: SagaWorkerOptions) {}

  /** Does some of what is due. @returns how much. */
  public async round(): Promise<number> {
    let done = 0;
    while (done < ROUND && (await this.#next())) {
      done++;
    }
    return done;
  }

  /** Moves one saga on. @returns whether one was due. */
  async #next(): Promise<boolean> {
    const { appId, sagas, pool, publisher, log } = this.options;
    const now = appScope().now();
    let row: SagaRow | undefined;
    try {
      return await inTransaction(pool, async (tx) => {
        row = await onPlatformTables(() => sagas.store.lockDue(tx, new Date(now)));
        if (row !== undefined) {
          await sagas.moveOn(eventTransaction(tx, { consumer: appId, publisher }), row);
        }
        return row !== undefined;
      });
    } catch (error) {
      const failure = classifyFailure(error);
      if (row === undefined || failure === 'unavailable' || failure === 'conflict') {
        throw error;
      }
      // Others go on meanwhile.
      const reason = describeFailure(error);
      log.warn({ saga: row.saga, id: row.id, reason }, 'saga failed, and is tried again later');
      await sagas.store.failed(pool, row, reason, new Date(now + PAUSE_AFTER_FAILURE));
      return true;
    }
  }

  /** Deletes sagas that ended long ago. */
  public forget(): Promise<void> {
    const { sagas, pool } = this.options;
    return sagas.store.forget(pool);
  }

  /** Measures what has not ended. */
  public async measure(): Promise<void> {
    const { sagas, pool } = this.options;
    appScope().metrics.sagas.measured(sagas.names, await sagas.store.open(pool));
  }
}
