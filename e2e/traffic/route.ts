/** What identifies a route. */
export interface RouteId {
  readonly tenant: string;
  readonly service: string;
  readonly env: string;
  readonly version: string;
}

/** What is done to a route. */
export type RouteAction = 'created' | 'activated' | 'deactivated';

/** The path of a route below another, each part encoded. */
export function pathOf(prefix: string, { tenant, service, env, version }: RouteId): string {
  return [prefix, ...[tenant, service, env, version].map(encodeURIComponent)].join('/');
}

/**
 * Routes, each of another identity. Joined by colons without more, the first two of each four would be one: `a:b`, `c` and
 * `a`, `b:c`.
 */
export function routeIds(count: number): RouteId[] {
  return Array.from({ length: count }, (_, index) => {
    const group = Math.floor(index / 4);
    const [tenant, service] = (
      [
        [`team:${group}`, 'web'],
        ['team', `${group}:web`],
        [`team%3A${group}`, 'web'],
        [`team/${group}`, 'web?'],
      ] as const
    )[index % 4]!;
    return { tenant, service, env: group % 2 === 0 ? 'prod' : 'test', version: `v${group % 3}` };
  });
}
