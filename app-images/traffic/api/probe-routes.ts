import {
  type Api,
  type EventTransaction,
  type JobRun,
  requests,
} from '@cdk8s-event-platform/runtime';
import { compositeKey } from '@cdk8s-event-platform/contracts';
import { ProbeRoute } from '../events/index.ts';
import { routeNameOf, routeParts } from '../events/properties.ts';
import { noRoute, ROUTE_PATH, routeNameIn } from '../route-path.ts';
import type { Route } from '../state/route-cache.ts';
import { findRoute, nextToProbe } from './routes.ts';

/** Routes that one run of the job asks about; the next run goes on. */
const MAX_ROUTES = 1_000;

const commandOf = (route: Route) => ({ ...routeNameOf(route), url: route.url });

/** The route that has a route probed, and waits for the answer: 504 when it does not come in time. */
export function probeRoutes(api: Api): void {
  api.post(
    `/api/routes/${ROUTE_PATH}/probe`,
    {
      summary: 'Has a route probed, before those that nobody waits for.',
      transaction: 'first-query',
      answers: {
        200: { schema: ProbeRoute.reply.schema.properties.reply as never },
        504: { description: 'The probe was not answered in time.' },
      },
    },
    async (tx, request) => {
      const name = routeNameIn(request.params);
      const route = await findRoute(tx, name);
      if (route === undefined) {
        throw noRoute(name);
      }
      // The answer takes a while.
      await tx.commit();
      return requests.send(ProbeRoute.priorities.urgent, commandOf(route), {
        ...{ cause: request, timeout: { seconds: 5 } },
      });
    },
  );
}

/** Asks about active routes. Nobody waits for the answers: the probes are events, too. */
export async function askForProbes(tx: EventTransaction, { due, event }: JobRun): Promise<void> {
  const routes = await nextToProbe(tx, MAX_ROUTES, due);
  await tx.publishAll(
    ProbeRoute,
    routes.map((route) => ({
      data: commandOf(route),
      ...{ cause: event, discriminator: compositeKey(routeParts(route)) },
    })),
  );
}
