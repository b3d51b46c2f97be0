import type { Cause } from '../events/causation.ts';
import type { Transaction } from '../database/database.ts';
import { effectScheduling, type EffectScheduling } from '../effects/effects.ts';
import {
  type EventPublisher,
  type EventPublishing,
  PUBLISH_CONTEXT,
  type PublishContext,
} from '../outbox/event-publisher.ts';

/** The transaction of a delivery: what a handler writes, publishes and schedules in it commits together. */
export interface EventTransaction extends Transaction, EventPublishing, EffectScheduling {}

/** Options of {@link eventTransaction}. */
export interface EventTransactionOptions extends PublishContext {
  /** App id of the consumer. */
  readonly consumer: string;
  readonly publisher: EventPublisher;
}

/** What a handler is given. */
export function eventTransaction(
  tx: Transaction,
  { consumer, publisher, ...context }: EventTransactionOptions,
): EventTransaction {
  return {
    query: (statement, values) => tx.query(statement, values),
    ...effectScheduling(tx, consumer, publisher.sealing),
    ...publisher.in(tx, context),
  };
}

/** The same transaction, in which what is published follows from a cause unless it says something else. */
export function causedBy(tx: EventTransaction, cause: Cause): EventTransaction {
  return {
    ...tx,
    [PUBLISH_CONTEXT]: { ...tx[PUBLISH_CONTEXT], cause },
    publish: (contract, data, options) => tx.publish(contract, data, { cause, ...options }),
    publishAll: (contract, events) =>
      tx.publishAll(
        contract,
        events.map((event) => ({ cause, ...event })),
      ),
  };
}
