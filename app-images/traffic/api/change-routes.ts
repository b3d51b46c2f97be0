import {
  answer,
  type Api,
  type ApiAnswer,
  type ApiRequest,
  checkIfMatch,
  etagOf,
  HttpProblem,
  type RequestTransaction,
} from '@cdk8s-event-platform/runtime';
import { RouteChanged, type RouteChangedData } from '../events/index.ts';
import { ROUTE, ROUTE_KEY, ROUTE_URL, routeNameOf } from '../events/properties.ts';
import { noRoute, pathOf, ROUTE_PATH, routeNameIn, shown } from '../route-path.ts';
import { type Route, ROUTE_STATE } from '../state/route-cache.ts';
import { findRoute, insertRoute, setActive } from './routes.ts';

const CREATE = {
  type: 'object',
  required: [...ROUTE_KEY, 'url'],
  properties: { ...ROUTE, url: { ...ROUTE_URL, pattern: '^https?://[^/?#@]+([/?#]|$)' } },
  additionalProperties: false,
} as const;
const ROUTE_ANSWER = { schema: ROUTE_STATE };
/** Who acts: a gateway in front of the API sets the header. */
const ACTOR = 'x-user-id';
const IS_ACTOR = /^[!-~]{1,64}$/;

/** Who sends a request. @throws HttpProblem 400 */
function actorOf({ headers }: ApiRequest): string {
  const actor = headers[ACTOR];
  if (typeof actor !== 'string' || !IS_ACTOR.test(actor)) {
    throw new HttpProblem(
      400,
      `the header ${ACTOR} must say who acts: use 1 to 64 printable ASCII characters without spaces`,
    );
  }
  return actor;
}

/** Tells what was done to a route, and by whom, in the transaction that does it. */
async function tell(
  tx: RequestTransaction,
  request: ApiRequest,
  action: RouteChangedData['action'],
  { updated_at: time, url, ...route }: Route,
): Promise<void> {
  const metadata = { user_id: actorOf(request), request_id: request.id };
  await tx.publish(
    RouteChanged,
    { action, ...routeNameOf(route), url, occurred_at: time, metadata },
    { time },
  );
}

/** A route as an answer, with its version as ETag. */
export function answerWith(route: Route, status = 200): ApiAnswer {
  return answer(status, route, {
    etag: etagOf(route.revision),
    ...(status === 201 && { location: `/api/routes/${pathOf(route)}` }),
  });
}

/** Routes that change what is there, below `/api/routes`. */
export function changeRoutes(api: Api): void {
  api.post(
    '/api/routes',
    {
      summary: 'Creates a route, which is not active.',
      body: CREATE,
      answers: { 201: ROUTE_ANSWER },
    },
    async (tx, request) => {
      // Before anything is written.
      actorOf(request);
      const route = await insertRoute(tx, request.body, new Date().toISOString());
      if (route === undefined) {
        throw new HttpProblem(409, `there is a route of ${shown(request.body)} already`);
      }
      await tell(tx, request, 'created', route);
      return answerWith(route, 201);
    },
  );
  for (const [verb, action] of [
    ['activate', 'activated'],
    ['deactivate', 'deactivated'],
  ] as const) {
    api.post(
      `/api/routes/${ROUTE_PATH}/${verb}`,
      { summary: `Has a route ${action}.`, ifMatch: 'optional', answers: { 200: ROUTE_ANSWER } },
      async (tx, request) => {
        actorOf(request);
        const name = routeNameIn(request.params);
        const route = await findRoute(tx, name, 'FOR UPDATE');
        if (route === undefined) {
          throw noRoute(name);
        }
        checkIfMatch(request, etagOf(route.revision));
        const active = action === 'activated';
        if (route.active === active) {
          throw new HttpProblem(409, `the route is ${active ? '' : 'not '}active already`);
        }
        const changed = await setActive(tx, name, active, new Date().toISOString());
        await tell(tx, request, action, changed);
        return answerWith(changed);
      },
    );
  }
}
