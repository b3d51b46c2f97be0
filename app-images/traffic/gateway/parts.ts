import { answer, AppCallError, appClient, type ServiceParts } from '@cdk8s-event-platform/runtime';
import { noRoute, pathOf, ROUTE_PATH, routeNameIn } from '../route-path.ts';

/** A client waits: rather no answer than a late one. */
const routes = appClient('traffic-api', { timeout: 2_000 });

/** Sends clients to where routes lead, which traffic-api knows. While it cannot be reached, the answer is 503. */
export const parts: ServiceParts = {
  routes: (api) => {
    api.get(
      `/go/${ROUTE_PATH}`,
      {
        summary: 'Redirects to where an active route leads.',
        answers: { 307: {}, 404: {}, 503: {} },
      },
      async (_tx, { params }) => {
        const route = routeNameIn(params);
        try {
          const { body } = await routes.get<{ url: string }>(`/api/resolve/${pathOf(route)}`);
          // A route may be deactivated at any time.
          return answer(307, undefined, { location: body.url, 'cache-control': 'no-store' });
        } catch (error) {
          throw error instanceof AppCallError && error.status === 404 ? noRoute(route) : error;
        }
      },
    );
  },
};
