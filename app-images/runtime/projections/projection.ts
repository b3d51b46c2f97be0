import type {
  ProjectionContract,
  StoredEventContract,
  TimeSpan,
} from '@cdk8s-event-platform/contracts';
import { secondsOf, withCode } from '@cdk8s-event-platform/contracts/internal';
import {
  MIGRATIONS_TABLE,
  projectionMigrationName,
} from '@cdk8s-event-platform/contracts/interface';
import { setTimeout as sleep } from 'node:timers/promises';
import { runStatement, type Transaction } from '../database/database.ts';
import type { EventStoreClient } from '../event-store/event-store.ts';
import { comparePositions, parsePosition } from '../event-store/position.ts';
import { storeScope } from '../event-store/store-scope.ts';
import type { StoredEvent, StoredEventOfType } from '../event-store/stored-event.ts';
import { checkpointOf } from './checkpoint.ts';

/** Time between two looks at how far a projection has come, in milliseconds. */
const LOOK_INTERVAL = 20;
/** Events that are projected in one transaction. */
const BATCH = 200;

/** Tables of the versions whose migrations were applied, by what is in front of the version. */
const EVERY_TABLE = `SELECT c.relname AS name FROM ${MIGRATIONS_TABLE} m
JOIN pg_class c ON c.relname = $2 || substr(m.name, length($1) + 1)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = $3 AND NOT a.attisdropped
WHERE starts_with(m.name, $1) AND c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) ORDER BY c.relname`;

/** Writes what events mean into the tables of a projection. It changes nothing else: it runs again when they are rebuilt. */
export type ProjectionHandlers<Contract extends StoredEventContract> = {
  readonly [Type in Contract['type']]?: (
    tx: Transaction,
    event: StoredEventOfType<Contract, Type>,
  ) => Promise<unknown>;
};

/** What {@link projection} is given. */
export interface ProjectionOptions<
  Contract extends StoredEventContract,
  Earlier extends StoredEventContract = StoredEventContract,
> {
  /** Streams whose events it is built from. */
  readonly from: EventStoreClient<Contract, Earlier>;
  /** What each type of event does to the tables. Those of other types do nothing. */
  readonly on: ProjectionHandlers<Contract>;
  /** Events that are projected in one transaction, at most. @default 200 */
  readonly batch?: number;
}

/** A projection that is built from streams. See {@link projection}. */
export class ProjectionPart {
  /** @internal */
  public constructor(
    public readonly contract: ProjectionContract,
    /** @internal */
    public readonly store: EventStoreClient,
    /** @internal */
    public readonly handlers: Readonly<
      Record<string, ((tx: Transaction, event: StoredEvent) => Promise<unknown>) | undefined>
    >,
    /** @internal */
    public readonly batch: number,
  ) {}

  /**
   * Waits until the tables have an event, so that a client reads what it has written.
   *
   * @param position of an append, or of an event.
   * @returns false when the time is over before.
   *
   * @example
   * const { position } = await order.handle(tx, id, command);
   * // In the route that reads, with the position of the client's request:
   * await orderView.caughtUp(position, { timeout: { seconds: 1 } });
   */
  public async caughtUp(
    position: string,
    { timeout = { seconds: 5 } }: { readonly timeout?: TimeSpan } = {},
  ): Promise<boolean> {
    const { pool, manifest } = storeScope(this.store.streams.name);
    const wanted = parsePosition(position);
    const end = performance.now() + secondsOf(timeout) * 1000;
    for (;;) {
      const found = await checkpointOf(
        { query: (statement, values) => runStatement(pool, statement, values) },
        { app: manifest.appId, contract: this.contract },
      );
      if (found !== undefined && comparePositions(found, wanted) >= 0) {
        return true;
      }
      if (performance.now() + LOOK_INTERVAL > end) {
        return false;
      }
      await sleep(LOOK_INTERVAL);
    }
  }

  /**
   * Names of one of its tables in all versions that are there and have a column, also those that nobody reads any more: for what must not
   * be in any of them, such as data of somebody who is erased.
   *
   * @param column that versions may lack, or have by another name.
   * @param part name of the table within the projection. @default - the table without one
   *
   * @example
   * erase: async (tx, userId) => {
   *   for (const table of await orderView.everyTableWith(tx, 'user_id')) {
   *     await tx.query(`DELETE FROM ${table} WHERE user_id = $1`, [userId]);
   *   }
   * }
   */
  public async everyTableWith(
    tx: Pick<Transaction, 'query'>,
    column: string,
    part?: string,
  ): Promise<string[]> {
    const { name, version, table } = this.contract;
    const { rows } = await tx.query<{ name: string }>(EVERY_TABLE, [
      projectionMigrationName(name, version).slice(0, -String(version).length),
      table(part).slice(0, -String(version).length),
      column,
    ]);
    return rows.map((row) => row.name);
  }
}

/**
 * Builds the tables of a projection from streams of events, and goes on with each event that is appended: once and in order. A
 * batch of events and how far the projection has come commit together. Of all pods of the app, one projects.
 *
 * @throws Error for a type of event that the streams do not list.
 *
 * @example
 * const orderView = projection(OrderView, {
 *   from: orders,
 *   on: {
 *     [OrderPlaced.type]: (tx, { data }) =>
 *       tx.query(`INSERT INTO ${OrderView.table()} VALUES ($1, 'placed')`, [data.order_id]),
 *   },
 * });
 * startService(manifest, { projections: [orderView], routes });
 */
export function projection<
  Contract extends StoredEventContract,
  Earlier extends StoredEventContract,
>(
  contract: ProjectionContract,
  { from, on, batch = BATCH }: ProjectionOptions<Contract, Earlier>,
): ProjectionPart {
  const { name, events } = from.streams;
  const known = new Set<string>(events.map(({ type }) => type));
  const problems = [
    ...Object.keys(on)
      .filter((type) => !known.has(type))
      .map((type) => `'${type}' is not listed in streams '${name}': add it to their 'events'`),
    ...(Number.isInteger(batch) && batch >= 1 && batch <= 10_000
      ? []
      : [`batch (${batch}) must be a whole number from 1 to 10000`]),
  ];
  if (problems.length > 0) {
    throw new Error(withCode('EP8002', `projection '${contract.name}': ${problems.join('; ')}`));
  }
  return new ProjectionPart(contract, from, on as ProjectionPart['handlers'], batch);
}
