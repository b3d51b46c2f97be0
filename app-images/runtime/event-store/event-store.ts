import type {
  EventContract,
  StoredEventContract,
  StoredEventData,
  StreamsContract,
} from '@cdk8s-event-platform/contracts';
import { contractName } from '@cdk8s-event-platform/contracts/interface';
import { contractsOfStreams } from '@cdk8s-event-platform/contracts/internal';
import type { Transaction } from '../database/database.ts';
import { classifyFailure } from '../errors/failure.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { type Cause, causationOf } from '../events/causation.ts';
import { textProblem } from '../events/cloud-event.ts';
import { causeOf, type EventPublishing } from '../outbox/event-publisher.ts';
import { appScope, type StoreScope } from '../process/app-scope.ts';
import { appendRows, causeKeyOf } from './append.ts';
import { parsePosition, positionText, BEGINNING } from './position.ts';
import { listedContract, storableData } from './stored-data.ts';
import type { NewStoredEvent, StoredEvent, StoredMetadata } from './stored-event.ts';
import { StoredReader, type StoredRow, type StoredUpcasts } from './stored-reader.ts';
import { orderedRows, streamRows } from './stored-rows.ts';
import { storeScope } from './store-scope.ts';
import type { StreamName } from './stream-name.ts';

/** Longest id of a stream, in bytes of UTF-8. */
const MAX_STREAM_ID_BYTES = 512;
/** Events that are read at once, by default and at most. */
const READ_LIMIT = 500;
const MAX_READ_LIMIT = 10_000;

/** A transaction that events are appended in: that of a handler, a route or a job, or any other. */
export type AppendTransaction = Transaction & Partial<EventPublishing>;

/** Options of {@link EventStoreClient.append}. */
export interface AppendOptions {
  /** Version that the stream must have, `none` for a stream without events, or `any`. @default 'any' */
  readonly expected?: number | 'none' | 'any';
  /** What it follows from: it appends once. @default - the event of `each`, the request of a route, the run of a job */
  readonly cause?: Cause;
  /** Tells appends to one stream that have one cause from each other. @default - the only one */
  readonly discriminator?: string;
  /** The event that was received, where it is recorded. @default - none */
  readonly received?: StoredMetadata['received'];
  /** Whether events that the manifest publishes are published. @default true */
  readonly publish?: boolean;
}

/** Options of {@link EventStoreClient.load}. */
export interface LoadOptions {
  /** The stream as it was at a time. @default - as it is */
  readonly at?: Date;
  /** The stream up to this version. @default - all of it */
  readonly version?: number;
  /** Leaves out events up to this version. @default 0 */
  readonly after?: number;
}

/** A stream as it was loaded. */
export interface LoadedStream<Event> {
  readonly id: string;
  /** Version of the stream; 0 where it has no events. */
  readonly version: number;
  readonly events: readonly Event[];
}

/** What an append has come to. */
export interface AppendResult<Event> {
  /** Version of the stream with the events. */
  readonly version: number;
  /** Where the last event is among all: projections that have come to it have them all. */
  readonly position: string;
  readonly events: readonly Event[];
  /** Whether the same cause has appended them before, and nothing was appended now. */
  readonly repeated: boolean;
}

/** Upcasts of an event's older major versions. */
export type UpcastsOf<Contract extends StoredEventContract> = {
  readonly [Each in Contract as Each['type']]?: Readonly<
    Record<
      number,
      { convert(old: Readonly<Record<string, unknown>>): StoredEventData<Each> }['convert']
    >
  >;
};

/** Options of {@link eventStore}. */
export interface EventStoreOptions<Contract extends StoredEventContract> {
  /** How data of older major versions become those of the newest, by type and major version. @default - none */
  readonly upcasts?: UpcastsOf<Contract>;
}

/** Appends of one transaction that follow from a cause. */
const appended = new WeakMap<object, Set<string>>();

/** Streams of one kind in the event store of the app that runs. See {@link eventStore}. */
export class EventStoreClient<
  Contract extends StoredEventContract = StoredEventContract,
  Earlier extends StoredEventContract = StoredEventContract,
> {
  readonly #reader: StoredReader;
  readonly #contracts: readonly StoredEventContract[];

  /** @internal */
  public constructor(
    public readonly streams: StreamsContract<Contract, Earlier>,
    { upcasts = {} }: EventStoreOptions<Contract>,
  ) {
    this.#reader = new StoredReader(streams, upcasts as StoredUpcasts);
    this.#contracts = contractsOfStreams(streams);
  }

  /**
   * Appends events to a stream, and publishes those of them that the manifest publishes: both commit with the
   * transaction. What follows from one cause is appended once: repeated, it returns what was appended.
   *
   * @throws StreamConflictError when the stream has another version than the expected one.
   * @throws InvalidEventError when data do not match their contract, or the id of the stream cannot be stored.
   */
  public async append(
    tx: AppendTransaction,
    streamId: string,
    events: readonly NewStoredEvent<Contract | Earlier>[],
    options: AppendOptions = {},
  ): Promise<AppendResult<StoredEvent<Contract>>> {
    const scope = storeScope(this.streams.name);
    const name = this.nameOf(scope, streamId);
    if (events.length === 0) {
      throw new InvalidEventError(`no events to append to stream '${streamId}': give one or more`);
    }
    const { cause = causeOf(tx), discriminator, received } = options;
    const made = events.map(({ contract, data }) => ({
      contract: listedContract(this.streams.name, this.#contracts, contract),
      data: storableData(contract, data),
    }));
    const causeKey = cause && causeKeyOf(cause, discriminator);
    const note = causeKey === undefined ? undefined : this.claimCause(tx, streamId, causeKey);
    const { metrics } = appScope();
    const { rows, repeated } = await appendRows(tx, {
      ...name,
      events: await this.#sealed(tx, scope, made),
      expected: expectedVersion(options.expected),
      metadata: {
        ...(cause && causationOf(cause)),
        ...(cause?.traceparent !== undefined && { traceparent: cause.traceparent }),
        ...(received && { received }),
      },
      causeKey,
      time: new Date(appScope().now()),
    }).catch((error: unknown) => {
      if (classifyFailure(error) === 'conflict') {
        metrics.appended(this.streams.name, 'conflict');
      }
      throw error;
    });
    note?.();
    metrics.appended(this.streams.name, repeated ? 'repeated' : 'appended');
    if (!repeated && options.publish !== false) {
      await this.#publish(tx, scope, streamId, { made, rows, cause });
    }
    const read = await this.#reader.read(tx, scope.sealing, rows);
    return {
      version: rows.at(-1)!.version,
      position: positionText(rows.at(-1)!),
      events: read as StoredEvent<Contract>[],
      repeated,
    };
  }

  /** Loads a stream, as it is, or as it was. */
  public async load(
    tx: Pick<Transaction, 'query'>,
    streamId: string,
    { at, version, after = 0 }: LoadOptions = {},
  ): Promise<LoadedStream<StoredEvent<Contract>>> {
    const { rows, events } = await this.loadRows(tx, streamId, { at, until: version, after });
    return { id: streamId, version: rows.at(-1)?.version ?? after, events };
  }

  /**
   * Reads events of all streams of the kind, in one order: nothing appears later in front of what was read. Events of
   * transactions that are under way, and those that were committed after one of these has begun, come later.
   *
   * @param after position to read behind. @default - from the beginning
   */
  public async read(
    tx: Pick<Transaction, 'query'>,
    { after, limit = READ_LIMIT }: { readonly after?: string; readonly limit?: number } = {},
  ): Promise<StoredEvent<Contract>[]> {
    if (!Number.isInteger(limit) || limit < 1 || limit > MAX_READ_LIMIT) {
      throw new RangeError(`limit (${limit}) must be a whole number from 1 to ${MAX_READ_LIMIT}`);
    }
    const scope = storeScope(this.streams.name);
    const from = after === undefined ? BEGINNING : parsePosition(after);
    const { appId: app } = scope.manifest;
    const rows = await orderedRows(tx, { app, streams: this.streams.name }, from, limit);
    return (await this.#reader.read(tx, scope.sealing, rows)) as StoredEvent<Contract>[];
  }

  /**
   * Loads a stream, decides what happens, and appends it at the version that was loaded. When another transaction appends
   * meanwhile, the whole transaction is tried again: routes and handlers do.
   *
   * @param decide returns what has happened; an empty list appends nothing.
   */
  public async update(
    tx: AppendTransaction,
    streamId: string,
    decide: (
      stream: LoadedStream<StoredEvent<Contract>>,
    ) => readonly NewStoredEvent<Contract | Earlier>[],
    options: Omit<AppendOptions, 'expected'> = {},
  ): Promise<AppendResult<StoredEvent<Contract>> | undefined> {
    const stream = await this.load(tx, streamId);
    const events = decide(stream);
    return events.length === 0
      ? undefined
      : this.append(tx, streamId, events, { ...options, expected: stream.version });
  }

  /** Rows of a stream, and its events. @internal */
  public async loadRows(
    tx: Pick<Transaction, 'query'>,
    streamId: string,
    range: Parameters<typeof streamRows>[2],
  ): Promise<{ readonly rows: readonly StoredRow[]; readonly events: StoredEvent<Contract>[] }> {
    const scope = storeScope(this.streams.name);
    const rows = await streamRows(tx, this.nameOf(scope, streamId), range);
    const events = await this.#reader.read(tx, scope.sealing, rows);
    return { rows, events: events as StoredEvent<Contract>[] };
  }

  /** @throws InvalidEventError when the id cannot be stored. @internal */
  public nameOf({ manifest }: StoreScope, streamId: string): StreamName {
    const problem = streamId === '' ? 'is empty' : textProblem(streamId, MAX_STREAM_ID_BYTES);
    if (problem !== undefined) {
      throw new InvalidEventError(`the id of a stream of '${this.streams.name}' ${problem}`);
    }
    return { app: manifest.appId, streams: this.streams.name, stream: streamId };
  }

  /**
   * Whether this transaction has appended for the cause is looked at, before what others have appended for it.
   *
   * @returns what notes that it has appended.
   * @throws Error when it has.
   * @internal
   */
  public claimCause(tx: AppendTransaction, streamId: string, causeKey: string): () => void {
    // Copies of a transaction share what they publish with.
    const { publishAll: shared = tx } = tx as Partial<Readonly<Record<'publishAll', object>>>;
    const known = appended.get(shared) ?? new Set();
    appended.set(shared, known);
    const key = JSON.stringify([this.streams.name, streamId, causeKey]);
    if (known.has(key)) {
      throw new Error(
        `two appends to stream '${streamId}' of '${this.streams.name}' follow from one cause: give each a discriminator`,
      );
    }
    return () => known.add(key);
  }

  async #sealed(
    tx: AppendTransaction,
    { sealing }: StoreScope,
    made: readonly { readonly contract: StoredEventContract; readonly data: unknown }[],
  ) {
    const sealed: { type: string; schemaVersion: string; data: string }[] = [];
    for (const { contract, data } of made) {
      const [stored] = await sealing.sealStored(tx, contract, [data]);
      const { type, version: schemaVersion } = contract;
      sealed.push({ type, schemaVersion, data: JSON.stringify(stored) });
    }
    return sealed;
  }

  async #publish(
    tx: AppendTransaction,
    { manifest }: StoreScope,
    streamId: string,
    {
      made,
      rows,
      cause,
    }: {
      readonly made: readonly { readonly contract: StoredEventContract; readonly data: unknown }[];
      readonly rows: readonly StoredRow[];
      readonly cause: Cause | undefined;
    },
  ): Promise<void> {
    const published = new Map(
      (manifest.publishes ?? []).map((contract) => [contractName(contract), contract]),
    );
    for (const [index, { contract, data }] of made.entries()) {
      const event = published.get(contractName(contract));
      if (event === undefined) {
        continue;
      }
      if (tx.publish === undefined) {
        throw new Error(
          `'${contract.type}' is published when it is appended, and this transaction cannot publish: append in a handler, a route or a job, or give { publish: false }`,
        );
      }
      const { version, time } = rows[index]!;
      await tx.publish(event as EventContract<never>, data as never, {
        discriminator: `${this.streams.name}/${streamId}@${version}`,
        time: time.toISOString(),
        ...(cause && { cause }),
      });
    }
  }
}

/** Version that an append expects; undefined for any. */
export function expectedVersion(expected: AppendOptions['expected'] = 'any'): number | undefined {
  if (expected === 'any') {
    return undefined;
  }
  const version = expected === 'none' ? 0 : expected;
  if (!Number.isInteger(version) || version < 0) {
    throw new RangeError(
      `expected (${version}) must be a version of a stream, at least 0, 'none' or 'any'`,
    );
  }
  return version;
}

/**
 * A client of streams of one kind in the event store of the app that runs. Its manifest lists the streams.
 *
 * @throws Error when an older version of an event has no upcast.
 *
 * @example
 * const accounts = eventStore(Accounts);
 * await accounts.append(tx, id, [happened(AccountOpened, { owner })], { expected: 'none' });
 * const { events, version } = await accounts.load(tx, id);
 */
export function eventStore<
  Contract extends StoredEventContract,
  Earlier extends StoredEventContract,
>(
  streams: StreamsContract<Contract, Earlier>,
  options: EventStoreOptions<Contract> = {},
): EventStoreClient<Contract, Earlier> {
  return new EventStoreClient(streams, options);
}
