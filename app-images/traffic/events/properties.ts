/** Free text, which may hold `:`, `%` and `/`; `.` and `..` are left to those who write paths. */
const part = { type: 'string', minLength: 1, pattern: '^(?!\\.{1,2}$)[^\\u0000]*$' } as const;

/**
 * What a route is known by. A character has up to four bytes: all of it, and what the cache adds, fit into the 512 bytes
 * of a key.
 */
export const ROUTE = {
  tenant: { ...part, maxLength: 32 },
  service: { ...part, maxLength: 32 },
  env: { ...part, maxLength: 16 },
  version: { ...part, maxLength: 32 },
} as const;

/** The properties of {@link ROUTE}, in the order of keys and paths. */
export const ROUTE_KEY = ['tenant', 'service', 'env', 'version'] as const;

/** Where a route leads. */
export const ROUTE_URL = { type: 'string', format: 'uri', maxLength: 500 } as const;
/** When something happened, RFC 3339. */
export const TIME = { type: 'string', format: 'date-time' } as const;

/** What a probe has found. */
export const PROBE = {
  healthy: { type: 'boolean' },
  // Of the answer; missing where nothing has answered.
  status: { type: 'integer', minimum: 100, maximum: 599 },
  // Milliseconds until it answered, or was given up.
  latency_ms: { type: 'integer', minimum: 0, maximum: 600_000 },
} as const;

/** The parts of a route's name. */
export type RouteName = Readonly<Record<(typeof ROUTE_KEY)[number], string>>;

/** The name of a route without anything else that data say of it. */
export function routeNameOf({ tenant, service, env, version }: RouteName): RouteName {
  return { tenant, service, env, version };
}

/** The parts of a route's name in the order of {@link ROUTE_KEY}. */
export function routeParts({ tenant, service, env, version }: RouteName): string[] {
  return [tenant, service, env, version];
}
