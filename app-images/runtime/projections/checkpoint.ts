import type pg from 'pg';
import type { ProjectionContract } from '@cdk8s-event-platform/contracts';
import {
  PROJECTIONS_TABLE,
  STORE_HORIZON_FUNCTION,
  STORED_EVENTS_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import type { Transaction } from '../database/database.ts';
import { storable } from '../database/storable.ts';
import type { StorePosition } from '../event-store/position.ts';

/** A projection of an app. */
export interface ProjectionName {
  readonly app: string;
  readonly contract: Pick<ProjectionContract, 'name' | 'version'>;
}

/** How far a projection has come. */
export interface Checkpoint extends StorePosition {
  readonly attempts: number;
  readonly error: string | null;
  readonly stopped_at: Date | null;
  readonly caught_up_at: Date | null;
}

type Statements = Pick<Transaction, 'query'>;

const COLUMNS = 'transaction, position, attempts, error, stopped_at, caught_up_at';
const WHERE = 'app = $1 AND projection = $2 AND version = $3';

function keyOf({ app, contract: { name, version } }: ProjectionName): [string, string, number] {
  return [app, name, version];
}

/** How far a projection has come; undefined before it has begun. */
export async function checkpointOf(
  tx: Statements,
  name: ProjectionName,
): Promise<Checkpoint | undefined> {
  const { rows } = await tx.query<Checkpoint & pg.QueryResultRow>(
    `SELECT ${COLUMNS} FROM ${PROJECTIONS_TABLE} WHERE ${WHERE}`,
    keyOf(name),
  );
  return rows[0];
}

/** Begins a projection, unless another pod has. */
export async function begin(tx: Statements, name: ProjectionName): Promise<void> {
  await tx.query(
    `INSERT INTO ${PROJECTIONS_TABLE} (app, projection, version) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
    keyOf(name),
  );
}

/** Takes a projection until the transaction ends; undefined while another pod has it. */
export async function take(tx: Statements, name: ProjectionName): Promise<Checkpoint | undefined> {
  const { rows } = await tx.query<Checkpoint & pg.QueryResultRow>(
    `SELECT ${COLUMNS} FROM ${PROJECTIONS_TABLE} WHERE ${WHERE} FOR UPDATE SKIP LOCKED`,
    keyOf(name),
  );
  return rows[0];
}

/** Notes that events are in the tables, in the transaction that has written them. */
export async function moveOn(
  tx: Statements,
  name: ProjectionName,
  { transaction, position }: StorePosition,
  events: number,
): Promise<void> {
  await tx.query(
    `UPDATE ${PROJECTIONS_TABLE} SET transaction = $4, position = $5, events = events + $6,
       attempts = 0, error = NULL, stopped_at = NULL, updated_at = now() WHERE ${WHERE}`,
    [...keyOf(name), transaction, position, events],
  );
}

/** Notes that the version has had all events. */
export async function noteCaughtUp(tx: Statements, name: ProjectionName): Promise<void> {
  await tx.query(
    `UPDATE ${PROJECTIONS_TABLE} SET caught_up_at = now() WHERE ${WHERE} AND caught_up_at IS NULL`,
    keyOf(name),
  );
}

/**
 * Notes that an event cannot be projected. After some tries, the projection has stopped there.
 *
 * @param from position behind which it failed; a projection that another pod has moved on since has not. @default - not known
 * @returns the tries; 0 where it has moved on.
 */
export async function noteFailure(
  tx: Statements,
  name: ProjectionName,
  from: StorePosition | undefined,
  error: string,
  maxAttempts: number,
): Promise<number> {
  const { rows } = await tx.query<{ attempts: number }>(
    `UPDATE ${PROJECTIONS_TABLE} SET attempts = attempts + 1, error = $4, updated_at = now(),
       stopped_at = CASE WHEN attempts + 1 >= $5 THEN coalesce(stopped_at, now()) END
     WHERE ${WHERE} AND ($6::bigint IS NULL OR (transaction, position) = ($6::bigint, $7::bigint))
     RETURNING attempts`,
    [
      ...[...keyOf(name), storable(error), maxAttempts],
      ...[from?.transaction ?? null, from?.position ?? null],
    ],
  );
  return rows[0]?.attempts ?? 0;
}

/** Position of the last event that is committed; undefined if there is none. */
export async function headOf(
  tx: Statements,
  app: string,
  streams: string,
): Promise<StorePosition | undefined> {
  const { rows } = await tx.query<StorePosition & pg.QueryResultRow>(
    `SELECT transaction, position FROM ${STORED_EVENTS_TABLE} WHERE app = $1 AND streams = $2
     ORDER BY transaction DESC, position DESC LIMIT 1`,
    [app, streams],
  );
  return rows[0];
}

/** Position of the last event that readers see now; undefined if there is none. */
export async function visibleHeadOf(
  tx: Statements,
  app: string,
  streams: string,
): Promise<StorePosition | undefined> {
  const { rows } = await tx.query<StorePosition & pg.QueryResultRow>(
    `SELECT transaction, position FROM ${STORED_EVENTS_TABLE} WHERE app = $1 AND streams = $2
       AND transaction < (SELECT ${STORE_HORIZON_FUNCTION}())
     ORDER BY transaction DESC, position DESC LIMIT 1`,
    [app, streams],
  );
  return rows[0];
}

/** Seconds since the oldest event behind a position was appended; 0 where there is none. */
export async function lagBehind(
  tx: Statements,
  app: string,
  streams: string,
  { transaction, position }: StorePosition,
): Promise<number> {
  const { rows } = await tx.query<{ lag: number }>(
    `SELECT extract(epoch FROM clock_timestamp() - time)::float AS lag FROM ${STORED_EVENTS_TABLE}
     WHERE app = $1 AND streams = $2 AND (transaction, position) > ($3::bigint, $4::bigint)
     ORDER BY transaction, position LIMIT 1`,
    [app, streams, transaction, position],
  );
  return Math.max(0, rows[0]?.lag ?? 0);
}
