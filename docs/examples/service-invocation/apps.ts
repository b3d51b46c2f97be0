import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import {
  answer,
  AppCallError,
  appClient,
  HttpProblem,
  type ServiceParts,
} from '@cdk8s-event-platform/runtime';

const Route = {
  type: 'object',
  required: ['target'],
  properties: { target: { type: 'string', maxLength: 200 } },
} as const;

export const RouteChanged = defineEvent({
  type: 'com.example.route.changed',
  version: '1.0.0',
  topic: 'route-changed',
  key: 'route_id',
  description: 'A route leads elsewhere.',
  schema: {
    type: 'object',
    required: ['route_id'],
    properties: { route_id: { type: 'string', maxLength: 64 } },
  },
});

export const routesApp = defineApp({
  appId: 'routes',
  description: 'Keeps routes.',
  port: 8080,
  publishes: [RouteChanged],
  migrations: [
    { name: '0100-routes', sql: 'CREATE TABLE routes (id text PRIMARY KEY, target text)' },
  ],
});

export const routes: ServiceParts = {
  routes: (api) => {
    api.get('/routes/:id', {}, async (tx, { params }) => {
      const { id } = params as { id: string };
      const { rows } = await tx.query<{ target: string }>(
        'SELECT target FROM routes WHERE id = $1',
        [id],
      );
      if (rows[0] === undefined) {
        throw new HttpProblem(404, `there is no route '${id}'`);
      }
      return rows[0];
    });
    api.put('/routes/:id', { body: Route }, async (tx, { params, body }) => {
      const { id } = params as { id: string };
      await tx.query(
        'INSERT INTO routes VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET target = excluded.target',
        [id, body.target],
      );
      await tx.publish(RouteChanged, { route_id: id });
    });
  },
};

export const gatewayApp = defineApp({
  appId: 'gateway',
  description: 'Redirects to where a route leads.',
  port: 8080,
});

const routesClient = appClient('routes', { timeout: 2_000 });

export const gateway: ServiceParts = {
  routes: (api) => {
    api.get('/go/:id', {}, async (_tx, { params }) => {
      const { id } = params as { id: string };
      try {
        const { body } = await routesClient.get<{ target: string }>(
          `/routes/${encodeURIComponent(id)}`,
        );
        return answer(302, undefined, { location: body.target });
      } catch (error) {
        if (error instanceof AppCallError && error.status === 404) {
          throw new HttpProblem(404, `nothing is at '${id}'`);
        }
        throw error;
      }
    });
  },
};
