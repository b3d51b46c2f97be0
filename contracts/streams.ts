import {
  type Check,
  listOf,
  must,
  optional,
  type Shape,
  shapeProblems,
  shown,
  text,
} from './checks.ts';
import type { EventContract } from './event-contract.ts';
import { contractName, majorOf } from './interface/event-version.ts';
import { marksOf } from './marks.ts';
import type { StoredEventContract } from './stored-event.ts';
import { isObject } from './subschemas.ts';

/**
 * Streams of one kind in the event store of an app, such as one stream for each account: which events are in them. Plain
 * data: tables, rights and the types of events follow from it.
 */
export interface StreamsContract<
  Contract extends StoredEventContract = StoredEventContract,
  Earlier extends StoredEventContract = StoredEventContract,
> {
  /** Name of the streams in the store of the app, e.g. `accounts`. It stays: what is stored is found by it. */
  readonly name: string;
  /** One sentence on what a stream is about. */
  readonly description: string;
  /** Events that are in the streams, of `defineStoredEvent` or `defineEvent`. The latter may also be published. */
  readonly events: readonly Contract[];
  /** Older major versions of these events, which are converted when they are read. @default - none */
  readonly earlier?: readonly Earlier[];
}

/** Every event that may be in streams, in all its versions. */
export function contractsOfStreams({
  events,
  earlier = [],
}: StreamsContract): readonly StoredEventContract[] {
  return [...events, ...earlier];
}

const NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** A check of names of streams and projections. */
export const labelForm: Check = (what, value) =>
  typeof value === 'string' && NAME.test(value)
    ? []
    : [
        `${what} ${shown(value)} is not a DNS label: use at most 63 of a-z, 0-9 and '-', starting with a letter`,
      ];

const contracts = listOf(
  must(
    (value) =>
      isObject(value) &&
      typeof value.type === 'string' &&
      typeof value.version === 'string' &&
      isObject(value.schema),
    'must be an event: use defineStoredEvent or defineEvent',
  ),
);

const SHAPE: Shape<StreamsContract> = {
  name: labelForm,
  description: text,
  events: contracts,
  earlier: optional(contracts),
};

/** Every reason why streams are not usable; empty when they are. */
export function streamsProblems(streams: StreamsContract): readonly string[] {
  const problems = shapeProblems(streams, SHAPE);
  if (problems.length > 0) {
    return problems;
  }
  const { events, earlier = [] } = streams;
  const types = events.map(({ type }) => type);
  const names = contractsOfStreams(streams).map(contractName);
  const newest = new Map(events.map(({ type, version }) => [type, majorOf(version)]));
  return [
    ...(events.length === 0 ? ['events is empty: list what is stored'] : []),
    ...types
      .filter((type, index) => types.indexOf(type) < index)
      .map((type) => `events lists '${type}' twice: keep the newest, and list others as earlier`),
    ...earlier
      .filter(({ type, version }) => !(majorOf(version) < (newest.get(type) ?? 0)))
      .map(
        ({ type, version }) =>
          `earlier lists '${type}' ${version}, and events has no newer major version of it: take it from earlier`,
      ),
    ...names
      .filter((name, index) => names.indexOf(name) < index)
      .map((name) => `earlier lists '${name}' twice: keep one`),
  ];
}

const asPublished = new WeakMap<StoredEventContract, EventContract>();

/** A stored event as contracts of published events are: it has no topic, and for a key whom it is about. */
function published(contract: StoredEventContract): EventContract {
  const made = asPublished.get(contract) ?? {
    ...{ topic: '', key: contract.subject ?? '' },
    ...contract,
  };
  asPublished.set(contract, made);
  return made;
}

/** Every event of streams as a contract whose versions are compared: what is stored is read for good. */
export function versionedContracts(
  streams: readonly StreamsContract[] = [],
): readonly EventContract[] {
  return streams.flatMap(contractsOfStreams).map(published);
}

/** Whether events of streams hold personal data. */
export function holdsPersonalData(streams: StreamsContract): boolean {
  return contractsOfStreams(streams).some(({ schema }) => marksOf(schema).has('pii'));
}

/**
 * Declares streams of events. The result is frozen.
 *
 * @throws Error that lists every problem of the streams.
 *
 * @example
 * const Accounts = defineStreams({
 *   name: 'accounts',
 *   description: 'What has happened to one account.',
 *   events: [AccountOpened, MoneyDeposited, MoneyWithdrawn],
 * });
 */
export function defineStreams<
  const Events extends readonly StoredEventContract[],
  const Earlier extends readonly StoredEventContract[] = readonly [],
>(
  streams: Omit<StreamsContract, 'events' | 'earlier'> & {
    readonly events: Events;
    readonly earlier?: Earlier;
  },
): StreamsContract<Events[number], Earlier[number]> {
  const problems = streamsProblems(streams);
  if (problems.length > 0) {
    const name = shown((streams as Partial<StreamsContract> | undefined)?.name);
    throw new Error(`streams ${name} are not valid [EP2020]:\n- ${problems.join('\n- ')}`);
  }
  return Object.freeze({ ...streams });
}
