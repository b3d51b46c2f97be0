import { defineApp } from '@cdk8s-event-platform/contracts';
import { ProbeRoute, RouteChanged } from '../events/index.ts';
import { RouteCache } from '../state/route-cache.ts';

/** Keeps routes, tells what happens to them, and has them probed. */
export const manifest = defineApp({
  appId: 'traffic-api',
  description: 'Keeps routes, tells what happens to them, and has them probed.',
  port: 8080,
  serves: true,
  source: '/traffic/api',
  // Probes of the job, which nobody waits for, are published as events are.
  publishes: [RouteChanged, ProbeRoute],
  requests: [ProbeRoute],
  state: [RouteCache],
  jobs: [
    {
      name: 'probe',
      description: 'Has active routes probed.',
      schedule: '* * * * *',
    },
  ],
  migrations: [
    {
      name: '0100-traffic-routes',
      sql: `CREATE TABLE traffic_routes (
  route_id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  tenant text COLLATE "C" NOT NULL,
  service text COLLATE "C" NOT NULL,
  env text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  url text NOT NULL,
  active boolean NOT NULL DEFAULT false,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  revision bigint NOT NULL DEFAULT 1,
  asked_at timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (tenant, service, env, version)
);
CREATE INDEX traffic_routes_tenant ON traffic_routes (tenant, route_id);
CREATE INDEX traffic_routes_asked ON traffic_routes (asked_at) WHERE active;`,
    },
  ],
});
