import type { EventContract } from '@cdk8s-event-platform/contracts';
import {
  contractName,
  contractOfEvent,
  eventRouteIn,
  majorOf,
  undeclaredRoute,
} from '@cdk8s-event-platform/contracts/interface';
import type { CloudEvent } from '../events/cloud-event.ts';
import { type EventReader, eventReader } from '../events/event-reader.ts';
import type { Consumer, Handler } from './consumer.ts';

/** How an app reads and handles the events of one type. */
export interface EventRoute {
  readonly type: string;
  readonly read: EventReader;
  readonly handler: Pick<Handler, 'handle'>;
  /** Contracts of its events, one for each major version. */
  readonly contracts: readonly EventContract[];
}

/** Where events are delivered: what becomes of them, and which topic they come from. */
export interface DeliveryPath {
  readonly route: EventRoute;
  readonly topic: string;
}

/** Handles events of several versions in their order, each by the handler of its own. */
function byVersion(
  contracts: readonly EventContract[],
  handlers: ReadonlyMap<EventContract, Handler>,
): Pick<Handler, 'handle'> {
  const [only, ...others] = new Set(handlers.values());
  if (others.length === 0) {
    return only!;
  }
  return {
    handle: async (tx, events) => {
      let run: CloudEvent[] = [];
      for (const [index, event] of events.entries()) {
        const handler = handlers.get(contractOfEvent(contracts, event)!)!;
        const next = events[index + 1];
        run.push(event);
        if (next === undefined || handlers.get(contractOfEvent(contracts, next)!) !== handler) {
          await handler.handle(tx, run);
          run = [];
        }
      }
    },
  };
}

function routeOf(
  { handlers, upcasts }: Consumer,
  type: string,
  contracts: readonly EventContract[],
): EventRoute {
  const conversions = upcasts.filter(({ contract }) => contract.type === type);
  const versions = contracts.map((contract) => {
    const upcast = conversions.find((each) => each.upcasts.has(majorOf(contract.version)));
    return {
      contract,
      upcast: upcast && {
        to: upcast.contract,
        convert: upcast.upcasts.get(majorOf(contract.version))!,
      },
    };
  });
  const byContract = new Map(
    versions.map(({ contract, upcast }) => [
      contract,
      handlers.get(contractName(upcast?.to ?? contract))!,
    ]),
  );
  return {
    type,
    contracts,
    read: eventReader(versions),
    handler: byVersion(contracts, byContract),
  };
}

/** The routes of a consumer, by type of event. */
export function routesOf(consumer: Consumer): ReadonlyMap<string, EventRoute> {
  const byType = new Map<string, EventContract[]>();
  for (const contract of consumer.manifest.subscribes ?? []) {
    byType.set(contract.type, [...(byType.get(contract.type) ?? []), contract]);
  }
  return new Map(
    [...byType].map(([type, contracts]) => [type, routeOf(consumer, type, contracts)]),
  );
}

/** Route of events of an undeclared type, which all go to the quarantine. */
const UNDECLARED: EventRoute = {
  type: 'undeclared',
  contracts: [],
  read: ({ type, data }) => ({
    data,
    key: undefined,
    causes: [`the type ${type} is not declared for this topic`],
  }),
  handler: { handle: () => Promise.reject(new Error('undeclared events have no handler')) },
};

/** What is delivered to a consumer, by path. */
export function deliveryPaths(consumer: Consumer): ReadonlyMap<string, DeliveryPath> {
  const { subscribes = [] } = consumer.manifest;
  const routes = routesOf(consumer);
  return new Map(
    subscribes.flatMap((contract) => {
      const { topic } = contract;
      const route = routes.get(contract.type)!;
      return [
        [undeclaredRoute(topic), { route: UNDECLARED, topic }],
        [eventRouteIn(subscribes, contract), { route, topic }],
      ] as const;
    }),
  );
}
