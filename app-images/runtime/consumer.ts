import type { EventContract, EventData, ImageManifest } from '../../constructs/contracts/index.ts';
import type { CloudEvent } from './cloud-event.ts';
import type { Transaction } from './database.ts';

/** What an image does with one type of event. */
export interface Handler {
  /** The event that is handled. */
  readonly contract: EventContract;
  /** Runs the event's effect in the transaction of the delivery. */
  readonly handle: (tx: Transaction, event: CloudEvent<never>) => Promise<void>;
}

/**
 * Handles the events of a contract one by one. What `handle` does with `tx` is committed together
 * with the record that the event was processed; it never sees an event twice whose effect was
 * committed.
 */
export function each<Contract extends EventContract>(
  contract: Contract,
  handle: (tx: Transaction, event: CloudEvent<EventData<Contract>>) => Promise<void>,
): Handler {
  return { contract, handle };
}

/** A manifest with its handlers: all that there is to say about a consumer. */
export interface Consumer {
  readonly manifest: ImageManifest;
  /** Handlers by type of event. */
  readonly handlers: ReadonlyMap<string, Handler>;
}

/**
 * Joins a manifest and its handlers, one for each type that it subscribes to.
 *
 * @throws Error when a subscribed type has no handler or two, or a handler no subscription.
 */
export function consumer(manifest: ImageManifest, ...handlers: readonly Handler[]): Consumer {
  const byType = new Map(handlers.map((handler) => [handler.contract.type, handler]));
  if (byType.size < handlers.length) {
    throw new Error(`${manifest.appId}: two handlers for one type of event: keep one`);
  }
  const wanted = new Set((manifest.subscribes ?? []).map(({ type }) => type));
  const missing = [...wanted].filter((type) => !byType.has(type));
  if (missing.length > 0) {
    throw new Error(
      `${manifest.appId}: no handler for ${missing.join(', ')}: add one, or take it from the manifest's 'subscribes'`,
    );
  }
  const unknown = [...byType.keys()].filter((type) => !wanted.has(type));
  if (unknown.length > 0) {
    throw new Error(
      `${manifest.appId}: handler for ${unknown.join(', ')}, which is not subscribed to: add its contract to the manifest's 'subscribes'`,
    );
  }
  return { manifest, handlers: byType };
}
