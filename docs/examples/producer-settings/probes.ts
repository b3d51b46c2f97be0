import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import { answer, each, eventSender, type ServiceParts } from '@cdk8s-event-platform/runtime';

const ROUTE = { type: 'string', format: 'uuid' } as const;

const PROBE = {
  type: 'object',
  required: ['route_id', 'healthy'],
  properties: { route_id: ROUTE, healthy: { type: 'boolean' } },
} as const;
const REPORT = { type: 'object', required: ['route_id'], properties: { route_id: ROUTE } } as const;

/** How a route is doing. The next probe says it again, so one may be lost. */
export const RouteProbed = defineEvent({
  type: 'com.example.route.probed',
  version: '1.0.0',
  topic: 'route-probes',
  key: 'route_id',
  delivery: 'at-most-once',
  description: 'A route was probed.',
  schema: PROBE,
});

/** What a client reports, which repeats a request that was not answered with 202. */
export const RouteReported = defineEvent({
  type: 'com.example.route.reported',
  version: '1.0.0',
  topic: 'route-reports',
  key: 'route_id',
  delivery: 'at-least-once',
  description: 'Somebody says that a route does not work.',
  schema: REPORT,
});

export const prober = defineApp({
  appId: 'prober',
  description: 'Probes routes.',
  port: 8080,
  serves: true,
  publishes: [RouteProbed, RouteReported],
});

const probes = eventSender(RouteProbed, { mode: 'fire-and-forget' });
const reports = eventSender(RouteReported, {
  mode: 'idempotent',
  timeout: { seconds: 5 },
  batch: { maxEvents: 50, linger: { seconds: 0.02 } },
});

export const proberParts: ServiceParts = {
  routes: (api) => {
    api.post('/probes', { body: PROBE, transaction: 'first-query' }, (_tx, { body }) => {
      void probes.send(body);
      return Promise.resolve(answer(202));
    });
    api.post('/reports', { body: REPORT, transaction: 'first-query' }, async (_tx, request) => {
      // Repeated on the same day (UTC), the request is the same event.
      await reports.send(request.body, { cause: request });
      return answer(202);
    });
  },
};

/** Counts reports, each once, although they may be on the topic twice. */
export const counter = defineApp({
  appId: 'report-counter',
  description: 'Counts reports.',
  port: 8080,
  subscribes: [RouteReported],
  migrations: [{ name: '0100-reports', sql: 'CREATE TABLE reports (route_id uuid NOT NULL)' }],
});

export const counterParts: ServiceParts = {
  on: [
    each(RouteReported, async (tx, { data }) => {
      await tx.query('INSERT INTO reports VALUES ($1)', [data.route_id]);
    }),
  ],
};
