import { defineApp } from '@cdk8s-event-platform/contracts';
import { RouteChanged } from '../events/index.ts';

/** Keeps a log of who has changed which route. */
export const manifest = defineApp({
  appId: 'traffic-audit',
  description: 'Keeps a log of who has changed which route.',
  port: 8080,
  source: '/traffic/audit',
  subscribes: [RouteChanged],
  serves: true,
  migrations: [
    {
      name: '0200-traffic-audit',
      sql: `CREATE TABLE traffic_audit (
  n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text COLLATE "C" NOT NULL,
  service text COLLATE "C" NOT NULL,
  env text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  action text NOT NULL,
  url text NOT NULL,
  actor text NOT NULL,
  request_id text NOT NULL,
  event_id text NOT NULL,
  occurred_at timestamptz NOT NULL
);
CREATE INDEX traffic_audit_route ON traffic_audit (tenant, service, env, version, n);
CREATE FUNCTION traffic_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $refuse$
BEGIN
  RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$refuse$;
CREATE TRIGGER traffic_audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON traffic_audit
  FOR EACH STATEMENT EXECUTE FUNCTION traffic_audit_refuse();`,
    },
  ],
});
