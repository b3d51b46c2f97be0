import { SNAPSHOTS_TABLE } from '@cdk8s-event-platform/contracts/interface';
import type { Transaction } from '../database/database.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import type { Sealing } from '../sealing/sealing.ts';
import type { StreamName } from './stream-name.ts';

/** A state of a stream that was stored. */
export interface Snapshot {
  readonly version: number;
  readonly state: unknown;
}

/** A state that may be worth storing. */
interface Kept extends Snapshot {
  /** Version that the stream had before. */
  readonly before: number;
  /** Time of the event that has led to it. */
  readonly time: Date;
}

const FIND = `SELECT version, state FROM ${SNAPSHOTS_TABLE}
WHERE app = $1 AND streams = $2 AND stream = $3 AND state_version = $4
  AND ($5::integer IS NULL OR version <= $5) AND ($6::timestamptz IS NULL OR time <= $6)`;

/*
 * A newer one stays, and one of another version of the state is replaced: in a rollout, pods of both versions
 * load all events now and then.
 */
const KEEP = `INSERT INTO ${SNAPSHOTS_TABLE} AS present (app, streams, stream, version, state_version, state, time)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (app, streams, stream) DO UPDATE
SET version = excluded.version, state_version = excluded.state_version, state = excluded.state, time = excluded.time
WHERE present.state_version <> excluded.state_version OR present.version < excluded.version`;

/** Lets commands of one stream wait for each other, until the transaction ends. */
export async function lockStream(
  tx: Transaction,
  { app, streams, stream }: StreamName,
): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [
    JSON.stringify(['stream', app, streams, stream]),
  ]);
}

/** Stored states of streams, one for each. */
export class Snapshots {
  /**
   * @param every events after which a state is stored.
   * @param subjectOf whom a state is about. @default - nobody
   */
  public constructor(
    private readonly every: number,
    private readonly stateVersion: number,
    private readonly subjectOf: ((state: unknown) => string) | undefined,
  ) {}

  /** The stored state that loading can go on from; undefined where all events have to be loaded. */
  public async find(
    tx: Pick<Transaction, 'query'>,
    { app, streams, stream }: StreamName,
    sealing: Sealing,
    { at, version }: { readonly at?: Date | undefined; readonly version?: number | undefined },
  ): Promise<Snapshot | undefined> {
    const { rows } = await tx.query<{ version: number; state: unknown }>(FIND, [
      ...[app, streams, stream, this.stateVersion],
      ...[version ?? null, at ?? null],
    ]);
    const [found] = rows;
    if (found === undefined || this.subjectOf === undefined) {
      return found;
    }
    try {
      return { version: found.version, state: await sealing.openPayload(tx, found.state) };
    } catch (error) {
      if (error instanceof InvalidEventError) {
        // Its person was erased: what is left of the events says what the state is.
        return undefined;
      }
      throw error;
    }
  }

  /** Stores a state, when it is so many events behind the last one that was. */
  public async keep(
    tx: Transaction,
    { app, streams, stream }: StreamName,
    sealing: Sealing,
    { version, state, before, time }: Kept,
  ): Promise<void> {
    if (Math.floor(version / this.every) === Math.floor(before / this.every)) {
      return;
    }
    const subject = this.subjectOf?.(state);
    const [stored] =
      subject === undefined
        ? [state]
        : await sealing.sealPayloads(tx, [{ payload: state, subject }]);
    await tx.query(KEEP, [
      ...[app, streams, stream, version, this.stateVersion],
      ...[JSON.stringify(stored), time],
    ]);
  }
}
