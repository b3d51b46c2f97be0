import {
  answer,
  type ApiRequest,
  etagOf,
  isUnchanged,
  openApi,
  type ServiceParts,
} from '@cdk8s-event-platform/runtime';
import { ROUTE, ROUTE_URL } from '../events/properties.ts';
import { noRoute, ROUTE_PATH, routeNameIn } from '../route-path.ts';
import { ROUTE_STATE } from '../state/route-cache.ts';
import { cachedRoute } from './cache.ts';
import { answerWith, changeRoutes } from './change-routes.ts';
import { askForProbes, probeRoutes } from './probe-routes.ts';
import { findRoute, listRoutes } from './routes.ts';

const LIST = {
  type: 'object',
  required: ['tenant'],
  properties: {
    tenant: ROUTE.tenant,
    after: { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    limit: { type: 'integer', minimum: 1, maximum: 200 },
  },
} as const;
const ROUTES = {
  type: 'object',
  required: ['routes'],
  properties: {
    routes: { type: 'array', items: ROUTE_STATE },
    // Mark of the next page, where there may be one.
    after: { type: 'integer' },
  },
} as const;
const RESOLVED = {
  type: 'object',
  required: ['url'],
  properties: { ...ROUTE, url: ROUTE_URL },
} as const;

/** Whether a client asks for what is in the database. */
function wantsCurrent({ headers }: ApiRequest): boolean {
  return /\bno-cache\b/.test(headers['cache-control'] ?? '');
}

/** The API of routes. */
export const parts: ServiceParts = {
  routes: (api) => {
    changeRoutes(api);
    probeRoutes(api);
    api.get(
      '/api/routes',
      {
        summary: 'Lists routes of a tenant in the order in which they were created.',
        query: LIST,
        answers: { 200: { schema: ROUTES } },
      },
      (tx, { query }) => listRoutes(tx, query),
    );
    api.get(
      `/api/routes/${ROUTE_PATH}`,
      { summary: 'Shows a route.', answers: { 200: { schema: ROUTE_STATE }, 304: {} } },
      async (tx, request) => {
        const name = routeNameIn(request.params);
        const route = await findRoute(tx, name);
        if (route === undefined) {
          throw noRoute(name);
        }
        const etag = etagOf(route.revision);
        return isUnchanged(request, etag) ? answer(304, undefined, { etag }) : answerWith(route);
      },
    );
    api.get(
      `/api/resolve/${ROUTE_PATH}`,
      {
        summary: 'Shows where an active route leads, from the cache.',
        answers: { 200: { schema: RESOLVED } },
      },
      async (tx, request) => {
        const name = routeNameIn(request.params);
        const route = await (wantsCurrent(request) ? findRoute(tx, name) : cachedRoute(tx, name));
        if (route?.active !== true) {
          throw noRoute(name);
        }
        return { ...name, url: route.url };
      },
    );
    api.get('/api/openapi.json', { summary: 'Describes this API.' }, () =>
      Promise.resolve(openApi(api, { title: 'Traffic', version: '1.0.0' })),
    );
  },
  jobs: { probe: askForProbes },
};
