import { each, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { RouteChanged } from '../events/index.ts';
import { routeParts } from '../events/properties.ts';
import { ROUTE_PATH, routeNameIn } from '../route-path.ts';

const ENTRIES = {
  type: 'object',
  properties: {
    after: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    limit: { type: 'integer', minimum: 1, maximum: 1_000 },
  },
} as const;

interface Row {
  readonly n: string;
  readonly action: string;
}

/** The audit log: of each route what was done and by whom, in the order in which the events were processed. */
export const parts: ServiceParts = {
  on: [
    each(RouteChanged, async (tx, { id, data }) => {
      const { action, url, metadata, occurred_at: at } = data;
      await tx.query(
        `INSERT INTO traffic_audit
           (tenant, service, env, version, action, url, actor, request_id, event_id, occurred_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [...routeParts(data), action, url, metadata.user_id, metadata.request_id, id, at],
      );
    }),
  ],
  routes: (api) => {
    api.get(
      `/api/audit/${ROUTE_PATH}`,
      { summary: 'Lists what was done to a route, the oldest first.', query: ENTRIES },
      async (tx, { params, query: { after = 0, limit = 100 } }) => {
        const { rows } = await tx.query<Row>(
          `SELECT n, action, url, actor, request_id, event_id, occurred_at FROM traffic_audit
           WHERE tenant = $1 AND service = $2 AND env = $3 AND version = $4 AND n > $5
           ORDER BY n LIMIT $6`,
          [...routeParts(routeNameIn(params)), after, limit],
        );
        return { entries: rows.map((row) => ({ ...row, n: Number(row.n) })) };
      },
    );
  },
};
