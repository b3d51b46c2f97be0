import type pg from 'pg';
import { inTransaction } from '../database/database.ts';
import { describeFailure } from '../errors/failure.ts';
import { traceId } from '../events/cloud-event.ts';
import type { ReceivedEvent } from '../events/received-event.ts';
import { redact } from '../sealing/redact.ts';
import type { Logger } from '../telemetry/logging.ts';
import { type HandlerContext, runHandler } from './run-handler.ts';

/** What {@link handleAfterwards} needs. */
export interface AfterwardsOptions extends HandlerContext {
  readonly pool: pg.Pool;
  readonly log: Logger;
  /** Timeout of a transaction, in milliseconds. @default 30000 */
  readonly transactionTimeout?: number | undefined;
}

/**
 * Handles events that the inbox has taken in a transaction before, each in one of its own. Nobody tries again: an event
 * whose handler fails is dropped, and logged.
 *
 * @returns events that were dropped.
 */
export async function handleAfterwards(
  { pool, log, transactionTimeout, ...context }: AfterwardsOptions,
  received: readonly ReceivedEvent[],
): Promise<ReadonlySet<ReceivedEvent>> {
  const dropped = new Set<ReceivedEvent>();
  for (const item of received) {
    const { event, id, personal } = item;
    try {
      await inTransaction(pool, (tx) => runHandler(tx, context, [item]), transactionTimeout);
    } catch (error) {
      dropped.add(item);
      const cause = redact(describeFailure(error), personal);
      log.error({ type: event!.type, id, trace: traceId(event!), cause }, 'dropped');
    }
  }
  return dropped;
}
