import { readThroughCache, stateClient, type Transaction } from '@cdk8s-event-platform/runtime';
import type { RouteName } from '../events/properties.ts';
import { type Route, ROUTE_CACHE, RouteCache, routeKey } from '../state/route-cache.ts';
import { findRoute } from './routes.ts';

const cache = readThroughCache(stateClient(RouteCache), ROUTE_CACHE);

/** A route from the cache, else from the database; undefined if it does not exist. */
export function cachedRoute(tx: Transaction, name: RouteName): Promise<Route | undefined> {
  return cache.get(routeKey(name), () => findRoute(tx, name));
}
