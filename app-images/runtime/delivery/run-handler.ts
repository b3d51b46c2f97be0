import type { Transaction } from '../database/database.ts';
import { onPlatformTables } from '../database/platform-tables.ts';
import { deduplicationKey, type ReceivedEvent } from '../events/received-event.ts';
import type { EventPublisher } from '../outbox/event-publisher.ts';
import { eventTransaction } from './event-transaction.ts';
import type { Handler } from './handler.ts';
import { type InboxScope, processedBefore } from './inbox.ts';

/** What a handler runs with. */
export interface HandlerContext {
  readonly scope: InboxScope;
  readonly handler: Pick<Handler, 'handle'>;
  readonly publisher: EventPublisher;
}

/**
 * Runs a handler for events whose data were read, in a transaction.
 *
 * @throws what the handler or the database throws. Do not commit then.
 */
export async function runHandler(
  tx: Transaction,
  { scope, handler, publisher }: HandlerContext,
  received: readonly ReceivedEvent[],
): Promise<void> {
  await onPlatformTables(() => publisher.sealing.checkNotErased(tx, received));
  const before = await onPlatformTables(() => processedBefore(tx, scope, received));
  const replayed = new Set(
    received.filter((item) => before.has(deduplicationKey(item))).map(({ event }) => event!),
  );
  const { consumer } = scope;
  await handler.handle(
    eventTransaction(tx, { consumer, publisher, replayed }),
    received.map(({ event }) => event!),
  );
}
