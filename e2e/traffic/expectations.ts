import type { Effect } from '../effects.ts';
import type pg from 'pg';
import { pathOf, type RouteAction } from './route.ts';
import type { RouteOperator } from './route-operator.ts';
import type { PlatformClient } from '../platform-client.ts';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';
import type { WebhookReceiver } from '../webhook-receiver.ts';

/** Apps that receive every change of a route. */
export const CHANGE_CONSUMERS = ['traffic-audit', 'traffic-cache-invalidator', 'traffic-sync'];

async function numberOf(database: pg.Pool, statement: string): Promise<number> {
  const { rows } = await database.query<{ n: number }>(`SELECT (${statement})::int AS n`);
  return rows[0]!.n;
}

/** Every effect of every consumer. */
export async function effectsOf(
  { database }: RunningPlatform,
  routes: readonly RouteOperator[],
  receiver: WebhookReceiver,
): Promise<Effect[]> {
  const changes = routes.reduce((sum, { actions }) => sum + actions.length, 0);
  const sql = (statement: string) => numberOf(database, statement);
  const rows: [string, string, number, number][] = [
    ['api', 'routes', routes.length, await sql('SELECT count(*) FROM traffic_routes')],
    ['audit', 'entries', changes, await sql('SELECT count(*) FROM traffic_audit')],
    ['audit', 'events', changes, await sql('SELECT count(DISTINCT event_id) FROM traffic_audit')],
    [
      'cache-invalidator',
      'changes',
      changes,
      await sql(
        `SELECT count(*) FROM processed_events WHERE consumer = 'traffic-cache-invalidator'`,
      ),
    ],
    ...['one', 'two'].map((system): [string, string, number, number] => [
      ...(['sync', `webhooks to ${system}`, changes] as const),
      new Set(receiver.received.get(system)).size,
    ]),
    [
      'api',
      'probes that wait for an answer',
      0,
      await sql('SELECT count(*) FROM sent_requests WHERE replied_at IS NULL'),
    ],
    ['all', 'events that wait in an outbox', 0, await sql('SELECT count(*) FROM outbox')],
    [
      'all',
      'side effects that are not done',
      0,
      await sql(`SELECT count(*) FROM effects WHERE status <> 'done'`),
    ],
  ];
  return rows.map(([consumer, effect, expected, found]) => ({
    ...{ consumer, effect, expected, found },
  }));
}

/** What was logged of routes out of the order in which it was done: no activation comes before its creation. */
export async function orderViolations(
  { database }: RunningPlatform,
  routes: readonly RouteOperator[],
): Promise<number> {
  const { rows } = await database.query<{ route: string; actions: RouteAction[] }>(
    `SELECT json_build_array(tenant, service, env, version)::text AS route,
       array_agg(action ORDER BY n) AS actions
     FROM traffic_audit GROUP BY tenant, service, env, version`,
  );
  const logged = new Map(
    rows.map(({ route, actions }) => [JSON.stringify(JSON.parse(route)), actions]),
  );
  return routes.reduce((violations, { id, actions }) => {
    const found = logged.get(JSON.stringify([id.tenant, id.service, id.env, id.version])) ?? [];
    return violations + actions.filter((action, index) => found[index] !== action).length;
  }, 0);
}

/** What is found of routes in the API, its cache, and the gateway. */
export interface Comparison {
  /** Routes that the cache shows otherwise than the database. */
  readonly stale: number;
  /** Routes that the database has otherwise than who has changed them. */
  readonly wrong: number;
  /** Routes that the gateway sends elsewhere than the database says. */
  readonly misled: number;
}

/** Compares every route with the cache, as its operator knows it, and through the gateway. */
export async function compareRoutes(
  client: PlatformClient,
  routes: readonly RouteOperator[],
): Promise<Comparison> {
  const found = { stale: 0, wrong: 0, misled: 0 };
  for (const { id, active, url } of routes) {
    const path = pathOf('/api/resolve', id);
    // The first fills the cache, unless it has the route.
    await client.call('traffic-api', 'GET', path);
    const cached = await client.call('traffic-api', 'GET', path);
    const current = await client.call('traffic-api', 'GET', path, {
      headers: { 'cache-control': 'no-cache' },
    });
    const sent = await client.call('traffic-gateway', 'GET', pathOf('/go', id));
    const seen = (answer: typeof cached) => `${answer.status} ${JSON.stringify(answer.body)}`;
    found.stale += seen(cached) === seen(current) ? 0 : 1;
    found.wrong += current.status === (active ? 200 : 404) ? 0 : 1;
    found.misled +=
      sent.status === (active ? 307 : 404) && (!active || sent.headers.get('location') === url)
        ? 0
        : 1;
  }
  return found;
}

/** A counter of an app, summed over its pods and series whose labels contain a text. */
export async function counterOf(
  { apps, more }: RunningPlatform,
  appId: string,
  metric: string,
  label = '',
): Promise<number> {
  const pods = [apps.get(appId)!, ...more.filter((pod) => pod.appId === appId)];
  const texts = await Promise.all(
    pods.map(async ({ metricsPort }) =>
      (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(),
    ),
  );
  return texts
    .flatMap((text) => [...text.matchAll(new RegExp(`^${metric}\\{([^}]*)\\} (\\d+)`, 'gm'))])
    .filter(([, labels]) => labels!.includes(label))
    .reduce((sum, [, , value]) => sum + Number(value), 0);
}
