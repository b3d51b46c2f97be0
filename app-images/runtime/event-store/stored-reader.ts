import type { StoredEventContract, StreamsContract } from '@cdk8s-event-platform/contracts';
import { contractName, majorOf } from '@cdk8s-event-platform/contracts/interface';
import { contractsOfStreams, withCode } from '@cdk8s-event-platform/contracts/internal';
import type { Transaction } from '../database/database.ts';
import { UnreadableEventError } from '../errors/stream-errors.ts';
import { isErased } from '../sealing/personal-data.ts';
import type { Sealing } from '../sealing/sealing.ts';
import { textsIn } from '../sealing/redact.ts';
import { positionText } from './position.ts';
import { dataProblems } from './stored-data.ts';
import type { StoredEvent, StoredMetadata } from './stored-event.ts';

/** Turns the data of an older major version into those of the newest. */
export type StoredUpcast = (old: Readonly<Record<string, unknown>>) => unknown;

/** Conversions by type, and by major version. */
export type StoredUpcasts = Readonly<Record<string, Readonly<Record<number, StoredUpcast>>>>;

/** A row of the table of stored events. */
export interface StoredRow {
  readonly stream: string;
  readonly version: number;
  readonly transaction: string;
  readonly position: string;
  readonly type: string;
  readonly schema_version: string;
  readonly data: unknown;
  readonly metadata: StoredMetadata;
  readonly cause: string | null;
  readonly time: Date;
}

/** Reads the events of streams: decrypts them, and converts older versions. */
export class StoredReader {
  readonly #contracts: readonly StoredEventContract[];
  readonly #newest: ReadonlyMap<string, StoredEventContract>;

  /** @throws Error when an older version has no conversion, or a conversion no older version. */
  public constructor(
    private readonly streams: StreamsContract,
    private readonly upcasts: StoredUpcasts,
  ) {
    this.#contracts = contractsOfStreams(streams);
    this.#newest = new Map(streams.events.map((contract) => [contract.type, contract]));
    const wanted = (streams.earlier ?? []).map(contractName);
    const given = Object.entries(upcasts).flatMap(([type, byMajor]) =>
      Object.keys(byMajor).map((major) => `${type}@${major}`),
    );
    const missing = wanted.filter((name) => !given.includes(name));
    const unknown = given.filter((name) => !wanted.includes(name));
    if (missing.length > 0 || unknown.length > 0) {
      throw new Error(
        withCode(
          'EP8002',
          missing.length > 0
            ? `event store '${streams.name}': no upcast from ${missing.join(', ')}: add one, e.g. { upcasts: { [type]: { 1: (old) => … } } }`
            : `event store '${streams.name}': upcast from ${unknown.join(', ')}, which its streams do not list as earlier: add the contract to 'earlier'`,
        ),
      );
    }
  }

  /** @throws UnreadableEventError for an event of a version that the streams do not list, or which cannot be converted. */
  public async read(
    tx: Pick<Transaction, 'query'>,
    sealing: Sealing,
    rows: readonly StoredRow[],
  ): Promise<StoredEvent[]> {
    const contracts = rows.map((row) => this.#contractOf(row));
    const data = rows.map((row) => row.data);
    // In one statement for each contract, and none where nothing is encrypted.
    for (const contract of new Set(contracts)) {
      const indexes = [...contracts.keys()].filter((index) => contracts[index] === contract);
      const opened = await sealing.openStored(
        tx,
        contract,
        indexes.map((index) => data[index]),
      );
      opened.forEach((each, nth) => {
        const index = indexes[nth]!;
        if (each.problem !== undefined) {
          throw this.#unreadable(rows[index]!, each.problem);
        }
        data[index] = each.data;
      });
    }
    return rows.map((row, index) => this.#event(row, contracts[index]!, data[index]));
  }

  #event(row: StoredRow, contract: StoredEventContract, data: unknown): StoredEvent {
    return {
      type: row.type,
      data: this.#convert(row, contract, data),
      schemaVersion: row.schema_version,
      streamId: row.stream,
      version: row.version,
      position: positionText(row),
      time: row.time,
      metadata: row.metadata,
    };
  }

  #convert(row: StoredRow, contract: StoredEventContract, data: unknown): unknown {
    const newest = this.#newest.get(contract.type)!;
    if (contractName(newest) === contractName(contract)) {
      return data;
    }
    const convert = this.upcasts[contract.type]![majorOf(contract.version)]!;
    const what = `upcast from ${contract.version} to ${newest.version}`;
    let converted: unknown;
    try {
      converted = convert(data as Readonly<Record<string, unknown>>);
    } catch (error) {
      throw this.#unreadable(row, `${what} fails: ${String(error)}`);
    }
    // What is erased need not match its schema.
    const problems = textsIn(converted).some(isErased) ? [] : dataProblems(newest, converted);
    if (problems.length > 0) {
      throw this.#unreadable(row, `${what}: ${problems.join('; ')}`);
    }
    return converted;
  }

  #contractOf(row: StoredRow): StoredEventContract {
    const ofType = this.#contracts.filter(({ type }) => type === row.type);
    const contract = ofType.find((each) => majorOf(each.version) === majorOf(row.schema_version));
    if (contract === undefined) {
      const known = ofType.map(({ version }) => `${majorOf(version)}.x`).sort();
      throw this.#unreadable(
        row,
        known.length === 0
          ? `the type ${row.type} is not listed in the streams: add its contract`
          : `version ${row.schema_version} of ${row.type} is not known to this app, which reads ${known.join(' and ')}`,
      );
    }
    return contract;
  }

  #unreadable({ stream, version }: StoredRow, problem: string): UnreadableEventError {
    return new UnreadableEventError(
      `event ${version} of stream '${stream}' of '${this.streams.name}': ${problem}`,
    );
  }
}
