import type { Transaction } from '@cdk8s-event-platform/runtime';
import { ROUTE_KEY, type RouteName, routeNameOf, routeParts } from '../events/properties.ts';
import type { Route } from '../state/route-cache.ts';

interface Row extends RouteName {
  readonly url: string;
  readonly active: boolean;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly revision: string;
}

const NAME = ROUTE_KEY.join(', ');
const COLUMNS = `${NAME}, url, active, created_at, updated_at, revision`;
const IS_NAMED = 'tenant = $1 AND service = $2 AND env = $3 AND version = $4';

function routeOf(row: Row): Route {
  return {
    ...routeNameOf(row),
    url: row.url,
    active: row.active,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
    revision: Number(row.revision),
  };
}

/** A route; undefined if it does not exist. */
export async function findRoute(
  tx: Transaction,
  name: RouteName,
  lock: '' | 'FOR UPDATE' = '',
): Promise<Route | undefined> {
  const { rows } = await tx.query<Row>(
    `SELECT ${COLUMNS} FROM traffic_routes WHERE ${IS_NAMED} ${lock}`,
    routeParts(name),
  );
  return rows[0] && routeOf(rows[0]);
}

/** Which routes to list. */
export interface RouteSelection {
  readonly tenant: string;
  /** Mark of the page before. @default - the first page */
  readonly after?: number | undefined;
  /** Routes of a page. @default 50 */
  readonly limit?: number | undefined;
}

/** Routes of a tenant in the order in which they were created, and the mark of the next page if there is one. */
export async function listRoutes(
  tx: Transaction,
  { tenant, after = 0, limit = 50 }: RouteSelection,
): Promise<{ readonly routes: Route[]; readonly after?: number }> {
  const { rows } = await tx.query<Row & { readonly route_id: string }>(
    `SELECT route_id, ${COLUMNS} FROM traffic_routes WHERE tenant = $1 AND route_id > $2
     ORDER BY route_id LIMIT $3`,
    [tenant, after, limit],
  );
  const last = rows.length === limit ? rows.at(-1) : undefined;
  return {
    routes: rows.map(routeOf),
    ...(last !== undefined && { after: Number(last.route_id) }),
  };
}

/** Creates a route, which is not active. @returns undefined if it exists */
export async function insertRoute(
  tx: Transaction,
  route: RouteName & { readonly url: string },
  time: string,
): Promise<Route | undefined> {
  const { rows } = await tx.query<Row>(
    `INSERT INTO traffic_routes (${NAME}, url, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $6) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
    [...routeParts(route), route.url, time],
  );
  return rows[0] && routeOf(rows[0]);
}

/** Makes a route active or not. @param name of a route that exists. */
export async function setActive(
  tx: Transaction,
  name: RouteName,
  active: boolean,
  time: string,
): Promise<Route> {
  const { rows } = await tx.query<Row>(
    `UPDATE traffic_routes SET active = $5, updated_at = $6, revision = revision + 1
     WHERE ${IS_NAMED} RETURNING ${COLUMNS}`,
    [...routeParts(name), active, time],
  );
  return routeOf(rows[0]!);
}

/** Active routes that were not asked about for the longest time, which are noted as asked about now. */
export async function nextToProbe(tx: Transaction, limit: number, time: Date): Promise<Route[]> {
  const { rows } = await tx.query<Row>(
    `UPDATE traffic_routes SET asked_at = $1 WHERE route_id IN (
       SELECT route_id FROM traffic_routes WHERE active ORDER BY asked_at, route_id LIMIT $2
       FOR UPDATE SKIP LOCKED)
     RETURNING ${COLUMNS}`,
    [time, limit],
  );
  return rows.map(routeOf);
}
