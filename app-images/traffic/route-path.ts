import { type ApiRequest, HttpProblem } from '@cdk8s-event-platform/runtime';
import { ROUTE, ROUTE_KEY, type RouteName } from './events/properties.ts';

/** The name of a route in paths, e.g. `team-a/payments/prod/v2`; each part is percent-encoded. */
export const ROUTE_PATH = ROUTE_KEY.map((name) => `:${name}`).join('/');

/** The end of a path that leads to a route. */
export function pathOf(route: RouteName): string {
  return ROUTE_KEY.map((name) => encodeURIComponent(route[name])).join('/');
}

/** A route as people read it. */
export function shown(route: RouteName): string {
  return ROUTE_KEY.map((name) => `${name} ${JSON.stringify(route[name])}`).join(', ');
}

/** That a route is not there. */
export function noRoute(route: RouteName): HttpProblem {
  return new HttpProblem(404, `there is no route of ${shown(route)}`);
}

function isUsable(name: (typeof ROUTE_KEY)[number], part: string): boolean {
  const { maxLength, pattern } = ROUTE[name];
  // As JSON Schema counts them: a pair of surrogates is one character.
  return part !== '' && Array.from(part).length <= maxLength && new RegExp(pattern, 'u').test(part);
}

/** The route that the path of a request names. @throws HttpProblem 404 when no route can have the name */
export function routeNameIn(params: ApiRequest['params']): RouteName {
  const route = Object.fromEntries(
    ROUTE_KEY.map((name) => [name, params[name] ?? '']),
  ) as unknown as RouteName;
  if (!ROUTE_KEY.every((name) => isUsable(name, route[name]))) {
    throw noRoute(route);
  }
  return route;
}
