import type { RouteChangedData } from '../events/index.ts';
import { type RouteName, ROUTE_KEY } from '../events/properties.ts';

/** A route as most are. */
export const SAMPLE: RouteName = {
  ...{ tenant: 'team-a', service: 'payments', env: 'prod', version: 'v2' },
};

/** Routes whose parts have what separates and escapes them elsewhere, two of them alike but for where parts end. */
export const ODD_ROUTES: readonly RouteName[] = [
  { ...SAMPLE, tenant: 'a:b', service: 'c' },
  { ...SAMPLE, tenant: 'a', service: 'b:c' },
  { ...SAMPLE, tenant: 'a%3Ab', service: 'c' },
  { ...SAMPLE, tenant: '100%', service: '50%25' },
  { ...SAMPLE, tenant: 'a/b', service: 'c?d#e' },
  { ...SAMPLE, tenant: 'zażółć 界', service: '😀' },
  { ...SAMPLE, tenant: 'x||y', service: 'line\nbreak' },
];

/** Parts as long as they may be, of characters that have the most bytes. */
export const LONGEST: RouteName = {
  ...{ tenant: '😀'.repeat(32), service: ':'.repeat(32) },
  ...{ env: '😀'.repeat(16), version: '|'.repeat(32) },
};

/** Where {@link SAMPLE} leads. */
export const SAMPLE_URL = 'https://payments.example.com/v2';

/** The path that leads to a route, its parts percent-encoded. */
export function pathTo(route: RouteName): string {
  return ROUTE_KEY.map((name) => encodeURIComponent(route[name])).join('/');
}

/** What is published of a route. */
export function changed(
  action: RouteChangedData['action'],
  changes: Partial<RouteChangedData> = {},
): RouteChangedData {
  return {
    ...{ ...SAMPLE, action, url: SAMPLE_URL, occurred_at: '2026-03-01T10:00:00.000Z' },
    metadata: { user_id: 'ada', request_id: `request-${action}` },
    ...changes,
  };
}
