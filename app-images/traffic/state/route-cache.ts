import { compositeKey, defineStateStore, type StateValue } from '@cdk8s-event-platform/contracts';
import {
  ROUTE,
  ROUTE_KEY,
  ROUTE_URL,
  type RouteName,
  routeParts,
  TIME,
} from '../events/properties.ts';

/** A route as the API shows it. */
export const ROUTE_STATE = {
  type: 'object',
  required: [...ROUTE_KEY, 'url', 'active', 'created_at', 'updated_at', 'revision'],
  properties: {
    ...ROUTE,
    url: ROUTE_URL,
    active: { type: 'boolean' },
    created_at: TIME,
    updated_at: TIME,
    // Grows with each change; the route's ETag.
    revision: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
  },
} as const;

/** Routes as the API shows them. The API fills the cache, and events empty it. */
export const RouteCache = defineStateStore({
  name: 'route-cache',
  description: 'Routes as the API shows them, by tenant, service, environment and version.',
  schema: ROUTE_STATE,
});

/** How the cache keeps routes. */
export const ROUTE_CACHE = { ttl: { minutes: 10 } } as const;

/** A route as the API shows it. */
export type Route = StateValue<typeof RouteCache>;

/** What keys of state stores cannot have: control characters, and `||`. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const NOT_IN_KEYS = /[\u0000-\u001f\u007f|]/g;

/**
 * Key of a route in the cache: `route:team-a:payments:prod:v2`. No two routes have the same, since `%` and `:` of their
 * parts are encoded.
 */
export function routeKey(route: RouteName): string {
  const key = compositeKey(['route', ...routeParts(route)]);
  return key.replaceAll(NOT_IN_KEYS, (character) => encodeURIComponent(character));
}
