import {
  batch,
  readThroughCache,
  type ServiceParts,
  stateClient,
} from '@cdk8s-event-platform/runtime';
import { RouteChanged } from '../events/index.ts';
import { ROUTE_CACHE, RouteCache, routeKey } from '../state/route-cache.ts';

const cache = readThroughCache(stateClient(RouteCache), ROUTE_CACHE);

/**
 * Takes routes that have changed out of the cache; also new ones, since that a route is missing is cached, too. A
 * delivery waits while the cache cannot be reached.
 */
export const parts: ServiceParts = {
  on: [
    batch(RouteChanged, (_tx, events) =>
      cache.invalidate(...events.map(({ data }) => routeKey(data))),
    ),
  ],
};
