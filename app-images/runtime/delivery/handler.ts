import type { Delivery, EventContract } from '@cdk8s-event-platform/contracts';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { EventTransaction } from './event-transaction.ts';

/** Handler of one type of event. */
export interface Handler {
  /** The event that is handled. */
  readonly contract: EventContract;
  /** Handles events in their order, in the transaction of the delivery. */
  readonly handle: (tx: EventTransaction, events: readonly CloudEvent[]) => Promise<void>;
  /** How often an event may have its effect. @default 'effect-once' */
  readonly delivery?: Delivery | undefined;
}

/** Options of a handler. */
export interface HandlerOptions<Allowed extends Delivery = Delivery> {
  /**
   * How often an event may have its effect:
   *
   * - `effect-once`: the inbox remembers it in the transaction of the handler.
   * - `at-least-once`: nothing remembers it, and one that is delivered again is handled again. It costs the
   *   database less, where handling an event twice does no harm.
   * - `at-most-once`: the inbox remembers it before it is handled. When the handler fails or the process ends, nobody
   *   tries again: for what must not be repeated and cannot be undone, such as a call without a key.
   *
   * The contract must allow it by its own `delivery`.
   *
   * @default 'effect-once'
   */
  readonly delivery?: Allowed | undefined;
}
