import type { EventContract } from '@cdk8s-event-platform/contracts';
import {
  contractOfEvent,
  majorOf,
  parseDataSchema,
} from '@cdk8s-event-platform/contracts/interface';
import { keyIn, MAX_KEY_BYTES } from '@cdk8s-event-platform/contracts/internal';
import { type CloudEvent, textProblem } from './cloud-event.ts';
import { schemaCheck, type SchemaCheck } from './schema-check.ts';
import type { Upcast } from './upcast.ts';

/** What was read of an event. */
export interface ReadEvent {
  /** What its handler gets. */
  readonly data: unknown;
  /** Value of its key; undefined when it has none. */
  readonly key: string | undefined;
  /** Why it does not match its contract; empty when it does. */
  readonly causes: readonly string[];
}

/** Reads the data of events. */
export type EventReader = (event: CloudEvent) => ReadEvent;

/** The key in the data of an event; undefined when it has none that can be used. */
export function keyOf(data: unknown, contract: Pick<EventContract, 'key'>): string | undefined {
  const key = keyIn(contract, data);
  return key === undefined || textProblem(key, MAX_KEY_BYTES) !== undefined ? undefined : key;
}

/** A contract that an app reads, and what older data become. */
export interface VersionToRead {
  readonly contract: EventContract;
  /** How its data become those of a newer contract. @default - they stay as they are */
  readonly upcast?: { readonly to: EventContract; readonly convert: Upcast } | undefined;
}

/** Data that keep their version. */
function readWith(contract: EventContract, check: SchemaCheck): EventReader {
  return ({ data }) => ({ data, key: keyOf(data, contract), causes: check(data) });
}

/** Data that become those of a newer contract. */
function convertWith(
  readOld: EventReader,
  contract: EventContract,
  { to, convert }: NonNullable<VersionToRead['upcast']>,
): EventReader {
  const readNew = readWith(to, schemaCheck(to));
  const what = `upcast from ${contract.version} to ${to.version}`;
  return (event) => {
    const old = readOld(event);
    if (old.causes.length > 0) {
      return old;
    }
    try {
      const data = convert(old.data as Readonly<Record<string, unknown>>);
      const read = readNew({ ...event, data });
      return { ...read, causes: read.causes.map((cause) => `${what}: ${cause}`) };
    } catch (error) {
      return { ...old, causes: [`${what} fails: ${String(error)}`] };
    }
  };
}

function readerOf({ contract, upcast }: VersionToRead): EventReader {
  const read = readWith(contract, schemaCheck(contract));
  return upcast === undefined ? read : convertWith(read, contract, upcast);
}

/**
 * Reads the events of one type by the contract of their major version.
 *
 * @param versions at least one, each of another major version.
 * @param contractOf which of their contracts an event was published by.
 */
export function eventReader(
  versions: readonly VersionToRead[],
  contractOf: (event: CloudEvent) => EventContract | undefined,
): EventReader {
  const contracts = versions.map(({ contract }) => contract);
  const readers = new Map(versions.map((version) => [version.contract, readerOf(version)]));
  const [{ type }] = contracts as [EventContract, ...EventContract[]];
  const known = contracts.map(({ version }) => majorOf(version)).sort((a, b) => a - b);
  const unread = (event: CloudEvent, cause: string): ReadEvent => {
    const { data } = event;
    return { data, key: keyOf(data, contractOfEvent(contracts, {})!), causes: [cause] };
  };
  return (event) => {
    if (event.type !== type) {
      return unread(event, `the type ${event.type} is not declared for this topic`);
    }
    const named = parseDataSchema(event.dataschema);
    if (named !== undefined && named.type !== type) {
      return unread(event, `dataschema is of ${named.type}, and the event of ${type}`);
    }
    const contract = contractOf(event);
    return contract === undefined
      ? unread(
          event,
          `version ${named!.version} of ${type} is not known to this app, which reads ${known.map((major) => `${major}.x`).join(' and ')}`,
        )
      : readers.get(contract)!(event);
  };
}
