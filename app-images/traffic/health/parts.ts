import { each, HttpProblem, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { RouteProbed } from '../events/index.ts';
import { PROBE, routeParts, TIME } from '../events/properties.ts';
import { ROUTE_PATH, routeNameIn, shown } from '../route-path.ts';

const HEALTH = {
  type: 'object',
  required: ['healthy', 'latency_ms', 'probed_at'],
  properties: { ...PROBE, status: { ...PROBE.status, type: ['integer', 'null'] }, probed_at: TIME },
} as const;

/** The newest probe of each route. One that comes late does not replace a newer one. */
export const parts: ServiceParts = {
  on: [
    each(RouteProbed, async (tx, { data }) => {
      await tx.query(
        `INSERT INTO traffic_health AS present
           (tenant, service, env, version, healthy, status, latency_ms, probed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (tenant, service, env, version) DO UPDATE SET
           healthy = excluded.healthy, status = excluded.status,
           latency_ms = excluded.latency_ms, probed_at = excluded.probed_at
         WHERE excluded.probed_at > present.probed_at`,
        [
          ...[...routeParts(data), data.healthy, data.status ?? null],
          ...[data.latency_ms, data.probed_at],
        ],
      );
    }),
  ],
  routes: (api) => {
    api.get(
      `/api/health/${ROUTE_PATH}`,
      { summary: 'Shows the newest probe of a route.', answers: { 200: { schema: HEALTH } } },
      async (tx, { params }) => {
        const route = routeNameIn(params);
        const { rows } = await tx.query<object>(
          `SELECT healthy, status, latency_ms, probed_at FROM traffic_health
           WHERE tenant = $1 AND service = $2 AND env = $3 AND version = $4`,
          routeParts(route),
        );
        if (rows[0] === undefined) {
          throw new HttpProblem(404, `no probe is known of ${shown(route)}`);
        }
        return rows[0];
      },
    );
  },
};
