import { contractName } from '@cdk8s-event-platform/contracts/interface';
import { withCode, withPriorities } from '@cdk8s-event-platform/contracts/internal';
import type { EventContract, EventData, AppManifest } from '@cdk8s-event-platform/contracts';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { SideEffect } from '../effects/effects.ts';
import type { Upcasts } from '../events/upcast.ts';
import type { Orchestration } from '../sagas/orchestrate.ts';
import { sagaName, SagaRunner } from '../sagas/saga-runner.ts';
import { causedBy, type EventTransaction } from './event-transaction.ts';
import type { Handler, HandlerOptions } from './handler.ts';
import { checkDeliveries } from './handler-delivery.ts';
import { HandlerError } from '../errors/failure.ts';
import { recordReplies } from '../requests/record-replies.ts';
import { inTrace } from '../telemetry/current-trace.ts';

export type { Handler, HandlerOptions };

/**
 * Handles the events of a contract one by one. What `handle` does with `tx` is committed together
 * with the record that the event was processed. It never gets an event whose effect is
 * committed, unless its `delivery` says so.
 *
 * @example
 * each(RouteProbed, (tx, { data }) => page(data), { delivery: 'at-most-once' });
 */
export function each<Contract extends EventContract>(
  contract: Contract,
  handle: (tx: EventTransaction, event: CloudEvent<EventData<Contract>>) => Promise<void>,
  { delivery }: HandlerOptions = {},
): Handler {
  return {
    contract,
    delivery,
    handle: async (tx, events) => {
      for (const event of events) {
        try {
          await inTrace(event.traceparent, () =>
            handle(causedBy(tx, event), event as CloudEvent<EventData<Contract>>),
          );
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
  { delivery }: HandlerOptions<'effect-once' | 'at-least-once'> = {},
): Handler {
  return {
    contract,
    delivery,
    handle: (tx, events) => handle(tx, events as readonly CloudEvent<EventData<Contract>>[]),
  };
}

/** What an app does with events: handlers, sagas, side effects, and how it reads older versions. */
export type ConsumerPart = Handler | Orchestration | SideEffect | Upcasts;

/** A manifest with its handlers and side effects. */
export interface Consumer {
  readonly manifest: AppManifest;
  /** Handlers by type and major version of the event, e.g. `com.example.order.placed@1`. */
  readonly handlers: ReadonlyMap<string, Handler>;
  /** How older versions are read. */
  readonly upcasts: readonly Upcasts[];
  /** Side effects, by kind. */
  readonly effects: ReadonlyMap<string, SideEffect>;
  /** Runs its sagas. @default - it has none */
  readonly sagas?: SagaRunner | undefined;
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

/** Whether a command is the first in a list with its answer, which others may have, too. */
function isFirstOfReply(
  { reply }: EventContract,
  index: number,
  commands: readonly EventContract[],
): boolean {
  return reply !== undefined && commands.findIndex((other) => other.reply === reply) === index;
}

/** Handlers by the contracts that they handle, those of a command's priorities among them. */
function handlersByContract(appId: string, handlers: readonly Handler[]): Map<string, Handler> {
  const all = handlers.flatMap((handler) =>
    withPriorities(handler.contract).map((contract) => ({ contract, handler })),
  );
  const named = byName(
    all,
    ({ contract }) => contractName(contract),
    `${appId}: two handlers for one type of event`,
  );
  return new Map([...named].map(([name, { handler }]) => [name, handler]));
}

/** Runs the sagas of an app; undefined where it has none. @throws Error when a saga has no code or two, or code no saga. */
function sagasOf(
  manifest: AppManifest,
  orchestrations: readonly Orchestration[],
): SagaRunner | undefined {
  const { appId, sagas = [] } = manifest;
  const known = byName(
    orchestrations,
    ({ saga }) => sagaName(saga),
    `${appId}: orchestrate twice for one saga`,
  );
  const problems = [
    ...sagas
      .map(sagaName)
      .filter((name) => !known.has(name))
      .map((name) => `no code for the saga ${name}: add what orchestrate returns to 'on'`),
    ...[...known.keys()]
      .filter((name) => !sagas.some((saga) => sagaName(saga) === name))
      .map(
        (name) =>
          `code for the saga ${name}, which is not declared: add it to the manifest's 'sagas'`,
      ),
  ];
  if (problems.length > 0) {
    throw new Error(withCode('EP8002', `${appId}: ${problems.join('; ')}`));
  }
  return orchestrations.length === 0 ? undefined : new SagaRunner(manifest, orchestrations);
}

/** The older versions that an app converts: name of the contract, and what it becomes. */
function converted(upcasts: readonly Upcasts[]): [string, EventContract][] {
  return upcasts.flatMap(({ contract, upcasts: byMajor }) =>
    [...byMajor.keys()].map((major): [string, EventContract] => [
      contractName({ type: contract.type, version: `${major}.0.0` }),
      contract,
    ]),
  );
}

/**
 * Joins a manifest and its handlers, one for each event that it subscribes to, and the side
 * effects that the handlers schedule. A version that is upcast needs no handler of its own.
 *
 * @throws Error when a subscribed event has no handler or two, a handler or upcast no subscription, or a
 * handler a delivery that its contract does not allow.
 */
export function consumer(manifest: AppManifest, ...parts: readonly ConsumerPart[]): Consumer {
  const { appId } = manifest;
  const refuse = (wrong: readonly string[], problem: (names: string) => string): void => {
    if (wrong.length > 0) {
      throw new Error(withCode('EP8002', `${appId}: ${problem(wrong.join(', '))}`));
    }
  };
  const { requests = [] } = manifest;
  const sagas = sagasOf(
    manifest,
    parts.filter((part) => 'saga' in part),
  );
  const handlers = handlersByContract(appId, [
    ...parts.filter((part) => 'handle' in part),
    ...requests.filter(isFirstOfReply).map((command) => recordReplies(appId, command)),
    ...(sagas?.handlers() ?? []),
  ]);
  const effects = byName(
    parts.filter((part) => 'perform' in part),
    ({ kind }) => kind,
    `${appId}: two effects of one kind`,
  );
  const upcasts = parts.filter((part) => 'upcasts' in part);
  const old = converted(upcasts);
  const oldNames = byName(old, ([name]) => name, `${appId}: two upcasts of one version`);
  const wanted = new Set((manifest.subscribes ?? []).map(contractName));
  refuse(
    [...wanted].filter((name) => !handlers.has(name) && !oldNames.has(name)),
    (names) =>
      `no handler for ${names}: add one, or an upcast, or take it from the manifest's 'subscribes'`,
  );
  refuse(
    [...handlers.keys()].filter((name) => !wanted.has(name)),
    (names) =>
      `handler for ${names}, which is not subscribed to: add its contract to the manifest's 'subscribes'`,
  );
  refuse(
    [...oldNames.keys()].filter((name) => !wanted.has(name)),
    (names) =>
      `upcast from ${names}, which is not subscribed to: add its contract to the manifest's 'subscribes'`,
  );
  refuse(
    [...oldNames.keys()].filter((name) => handlers.has(name)),
    (names) => `a handler and an upcast for ${names}: keep one`,
  );
  refuse(
    old.filter(([, contract]) => !handlers.has(contractName(contract))).map(([name]) => name),
    (names) => `upcast from ${names} to a version without a handler: add one`,
  );
  const upcastTo = new Map(old);
  checkDeliveries(manifest, (contract) => {
    const name = contractName(contract);
    return handlers.get(name) ?? handlers.get(contractName(upcastTo.get(name)!))!;
  });
  return { manifest, handlers, effects, upcasts, sagas };
}
