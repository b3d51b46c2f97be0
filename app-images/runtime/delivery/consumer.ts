import { withCode } from '@cdk8s-event-platform/contracts/internal';
import type { EventContract, EventData, AppManifest } from '@cdk8s-event-platform/contracts';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { SideEffect } from '../effects/effects.ts';
import { causedBy, type EventTransaction } from './event-transaction.ts';
import { HandlerError } from '../errors/failure.ts';

/** Handler of one type of event. */
export interface Handler {
  /** The event that is handled. */
  readonly contract: EventContract;
  /** Handles events in their order, in the transaction of the delivery. */
  readonly handle: (tx: EventTransaction, events: readonly CloudEvent[]) => Promise<void>;
}

/**
 * Handles the events of a contract one by one. What `handle` does with `tx` is committed together
 * with the record that the event was processed. It never gets an event whose effect is
 * committed.
 */
export function each<Contract extends EventContract>(
  contract: Contract,
  handle: (tx: EventTransaction, event: CloudEvent<EventData<Contract>>) => Promise<void>,
): Handler {
  return {
    contract,
    handle: async (tx, events) => {
      for (const event of events) {
        try {
          await handle(causedBy(tx, event), event as CloudEvent<EventData<Contract>>);
        } catch (error) {
          throw new HandlerError(event, error);
        }
      }
    },
  };
}

/**
 * Handles the events of a contract by the delivery, up to a hundred in one set-based statement: many
 * times faster than one by one. The events are in order and distinct, with the guarantees of {@link each}. When it
 * fails, it is called again with parts of the events, until the one that fails is found.
 */
export function batch<Contract extends EventContract>(
  contract: Contract,
  handle: (
    tx: EventTransaction,
    events: readonly CloudEvent<EventData<Contract>>[],
  ) => Promise<void>,
): Handler {
  return {
    contract,
    handle: (tx, events) => handle(tx, events as readonly CloudEvent<EventData<Contract>>[]),
  };
}

/** A manifest with its handlers and side effects. */
export interface Consumer {
  readonly manifest: AppManifest;
  /** Handlers by type of event. */
  readonly handlers: ReadonlyMap<string, Handler>;
  /** Side effects, by kind. */
  readonly effects: ReadonlyMap<string, SideEffect>;
}

function byName<Part>(
  parts: readonly Part[],
  nameOf: (part: Part) => string,
  what: string,
): Map<string, Part> {
  const map = new Map(parts.map((part) => [nameOf(part), part]));
  if (map.size < parts.length) {
    throw new Error(withCode('EP8002', `${what}: keep one`));
  }
  return map;
}

/**
 * Joins a manifest and its handlers, one for each type that it subscribes to, and the side
 * effects that the handlers schedule.
 *
 * @throws Error when a subscribed type has no handler or two, or a handler no subscription.
 */
export function consumer(
  manifest: AppManifest,
  ...parts: readonly (Handler | SideEffect)[]
): Consumer {
  const { appId } = manifest;
  const handlers = byName(
    parts.filter((part) => 'handle' in part),
    ({ contract }) => contract.type,
    `${appId}: two handlers for one type of event`,
  );
  const effects = byName(
    parts.filter((part) => 'perform' in part),
    ({ kind }) => kind,
    `${appId}: two effects of one kind`,
  );
  const wanted = new Set((manifest.subscribes ?? []).map(({ type }) => type));
  const missing = [...wanted].filter((type) => !handlers.has(type));
  if (missing.length > 0) {
    throw new Error(
      withCode(
        'EP8002',
        `${appId}: no handler for ${missing.join(', ')}: add one, or take it from the manifest's 'subscribes'`,
      ),
    );
  }
  const unknown = [...handlers.keys()].filter((type) => !wanted.has(type));
  if (unknown.length > 0) {
    throw new Error(
      withCode(
        'EP8002',
        `${appId}: handler for ${unknown.join(', ')}, which is not subscribed to: add its contract to the manifest's 'subscribes'`,
      ),
    );
  }
  return { manifest, handlers, effects };
}
