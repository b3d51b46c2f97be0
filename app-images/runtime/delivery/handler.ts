import type { EventContract } from '@cdk8s-event-platform/contracts';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { EventTransaction } from './event-transaction.ts';

/** Handler of one type of event. */
export interface Handler {
  /** The event that is handled. */
  readonly contract: EventContract;
  /** Handles events in their order, in the transaction of the delivery. */
  readonly handle: (tx: EventTransaction, events: readonly CloudEvent[]) => Promise<void>;
}
