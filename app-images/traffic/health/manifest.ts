import { defineApp } from '@cdk8s-event-platform/contracts';
import { RouteProbed } from '../events/index.ts';

/** Knows which routes are healthy. */
export const manifest = defineApp({
  appId: 'traffic-health',
  description: 'Knows which routes are healthy.',
  port: 8080,
  source: '/traffic/health',
  subscribes: [RouteProbed],
  serves: true,
  migrations: [
    {
      name: '0300-traffic-health',
      sql: `CREATE TABLE traffic_health (
  tenant text COLLATE "C" NOT NULL,
  service text COLLATE "C" NOT NULL,
  env text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  healthy boolean NOT NULL,
  status integer,
  latency_ms integer NOT NULL,
  probed_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, service, env, version)
);`,
    },
  ],
});
