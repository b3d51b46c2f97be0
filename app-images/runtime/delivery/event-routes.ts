import type { Delivery, EventContract } from '@cdk8s-event-platform/contracts';
import {
  contractName,
  contractOfEvent,
  eventRouteIn,
  eventRouteOfType,
  majorOf,
  parseDataSchema,
  undeclaredRoute,
} from '@cdk8s-event-platform/contracts/interface';
import { DEFAULT_DELIVERY } from '@cdk8s-event-platform/contracts/internal';
import type { CloudEvent } from '../events/cloud-event.ts';
import { type EventReader, eventReader } from '../events/event-reader.ts';
import type { Consumer, Handler } from './consumer.ts';

/** How an app reads and handles the events of one type, or of several, that come on one topic. */
export interface EventRoute {
  /** The type; of a route for several types, the topic. */
  readonly type: string;
  readonly topic: string;
  /** The contract that an event was published by; undefined for a version that the app does not read. */
  readonly contractOf: (event: CloudEvent) => EventContract | undefined;
  readonly read: EventReader;
  readonly handler: Pick<Handler, 'handle'>;
  /** How often an event may have its effect. */
  readonly deliveryOf: (event: CloudEvent) => Delivery;
  /** Contracts of its events, one for each major version. */
  readonly contracts: readonly EventContract[];
}

/** Handles events in their order, those that follow each other and have one handler at once. */
function inRuns(
  handlerOf: (event: CloudEvent) => Pick<Handler, 'handle'>,
): Pick<Handler, 'handle'> {
  return {
    handle: async (tx, events) => {
      let run: CloudEvent[] = [];
      for (const [index, event] of events.entries()) {
        const handler = handlerOf(event);
        const next = events[index + 1];
        run.push(event);
        if (next === undefined || handlerOf(next) !== handler) {
          await handler.handle(tx, run);
          run = [];
        }
      }
    },
  };
}

/** Handles events of several versions, each by the handler of its own. */
function byVersion(
  contractOf: EventRoute['contractOf'],
  handlers: ReadonlyMap<EventContract, Handler>,
): Pick<Handler, 'handle'> {
  const [only, ...others] = new Set(handlers.values());
  return others.length === 0 ? only! : inRuns((event) => handlers.get(contractOf(event)!)!);
}

/**
 * The contract of an event: that of the version which it names. Without one it is of the oldest version on its topic,
 * or of all where the topic has none.
 */
function contractsByVersion(
  contracts: readonly EventContract[],
  topic: string,
): EventRoute['contractOf'] {
  const onTopic = contracts.filter((contract) => contract.topic === topic);
  const oldest = contractOfEvent(onTopic.length > 0 ? onTopic : contracts, {});
  return (event) =>
    parseDataSchema(event.dataschema) === undefined ? oldest : contractOfEvent(contracts, event);
}

function routeOf(
  { handlers, upcasts }: Consumer,
  type: string,
  contracts: readonly EventContract[],
  topic: string,
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
  const contractOf = contractsByVersion(contracts, topic);
  return {
    ...{ type, topic, contracts, contractOf },
    read: eventReader(versions, contractOf),
    handler: byVersion(contractOf, byContract),
    deliveryOf: (event) => byContract.get(contractOf(event)!)?.delivery ?? DEFAULT_DELIVERY,
  };
}

/** The routes of a consumer, by type of event and then by topic. */
export type EventRoutes = ReadonlyMap<string, ReadonlyMap<string, EventRoute>>;

export function routesOf(consumer: Consumer): EventRoutes {
  const byType = new Map<string, EventContract[]>();
  for (const contract of consumer.manifest.subscribes ?? []) {
    byType.set(contract.type, [...(byType.get(contract.type) ?? []), contract]);
  }
  return new Map(
    [...byType].map(([type, contracts]) => [
      type,
      new Map(
        contracts.map(({ topic }) => [topic, routeOf(consumer, type, contracts, topic)] as const),
      ),
    ]),
  );
}

/** The route of a type and topic. That of another topic where the app no longer has this one; undefined without one. */
export function findRoute(
  routes: EventRoutes,
  type: string,
  topic: string,
): EventRoute | undefined {
  const byTopic = routes.get(type);
  return byTopic?.get(topic) ?? byTopic?.values().next().value;
}

/** Why an event is not processed whose type the path of its delivery does not have. */
function notDeclared(type: string): string {
  return `the type ${type} is not declared for this topic`;
}

/** Route of events of an undeclared type, which all go to the quarantine. */
function undeclared(topic: string): EventRoute {
  return {
    type: 'undeclared',
    ...{ topic, contracts: [], contractOf: () => undefined },
    read: ({ type, data }) => ({ data, key: undefined, causes: [notDeclared(type)] }),
    deliveryOf: () => DEFAULT_DELIVERY,
    handler: { handle: () => Promise.reject(new Error('undeclared events have no handler')) },
  };
}

/** One route for events of several types on a topic, which keeps them in their order. */
function allTypes(topic: string, routes: readonly EventRoute[]): EventRoute {
  const byType = new Map(routes.map((route) => [route.type, route]));
  const other = undeclared(topic);
  const routeFor = ({ type }: CloudEvent) => byType.get(type) ?? other;
  return {
    ...{ type: topic, topic, contracts: routes.flatMap(({ contracts }) => contracts) },
    contractOf: (event) => routeFor(event).contractOf(event),
    read: (event) => routeFor(event).read(event),
    handler: inRuns((event) => routeFor(event).handler),
    deliveryOf: (event) => routeFor(event).deliveryOf(event),
  };
}

/** What is delivered to a consumer, by path. */
export function deliveryPaths(consumer: Consumer): ReadonlyMap<string, EventRoute> {
  const { subscribes = [] } = consumer.manifest;
  const routes = routesOf(consumer);
  const routeFor = ({ type, topic }: Pick<EventContract, 'type' | 'topic'>) =>
    findRoute(routes, type, topic)!;
  return new Map(
    subscribes.flatMap((contract) => {
      const { topic } = contract;
      const types = new Set(
        subscribes.filter((each) => each.topic === topic).map(({ type }) => type),
      );
      const all = [...types].map((type) => routeFor({ type, topic }));
      return [
        [undeclaredRoute(topic), undeclared(topic)] as const,
        // A manifest of interface 2 has a path for each type.
        [eventRouteOfType(subscribes, contract), routeFor(contract)] as const,
        [
          eventRouteIn(subscribes, contract),
          all.length > 1 ? allTypes(topic, all) : routeFor(contract),
        ] as const,
      ];
    }),
  );
}
