import type pg from 'pg';
import type { AppInTest } from './app-in-test.ts';
import { HIDDEN } from './ledger.ts';
import type { Parts } from './start-parts.ts';

/** Runs a statement in each database. @returns the rows of all. */
export async function onDatabases<Row extends pg.QueryResultRow>(
  { databases }: Parts,
  statement: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const results = await Promise.all(databases.map((pool) => pool.query<Row>(statement, values)));
  return results.flatMap(({ rows }) => rows);
}

/**
 * Relays, delivers, replays and performs until nothing is due.
 *
 * @param interrupted whether apps do not reach their databases: they hold their deliveries then.
 * @returns whether that came to an end in time.
 */
export async function comeToRest(parts: Parts, interrupted: () => boolean): Promise<boolean> {
  const { apps: byId, time, restWithin } = parts;
  const end = performance.now() + restWithin;
  const apps = [...byId.values()];
  const sum = (number: (app: AppInTest) => number) =>
    apps.reduce((total, app) => total + number(app), 0);
  const held = () => (interrupted() ? sum(({ inFlight }) => inFlight) : 0);
  const asked = () => (interrupted() ? 0 : sum(({ busy }) => busy));
  const idle = () => time.until(() => time.busy <= held() && asked() === 0, end);
  while (performance.now() < end && (await idle())) {
    const before = sum(({ requests }) => requests);
    // Before relays look: what is hidden from them now may be there a moment later.
    const isHidden = !interrupted() && (await hidden(parts));
    const done = await Promise.all(apps.map((app) => app.round()));
    if (!(await idle())) {
      return false;
    }
    const moved = sum(({ requests }) => requests) > before || done.some((count) => count > 0);
    if (!moved && !isHidden) {
      return true;
    }
  }
  return false;
}

/** Whether an outbox has events that no relay sees yet. */
async function hidden(parts: Parts): Promise<boolean> {
  const rows = await onDatabases<{ events: number }>(parts, HIDDEN);
  return rows.some(({ events }) => events > 0);
}

/** What goes on in a platform that does not come to rest. */
export function unrest(
  { apps, lines, restWithin }: Parts,
  { waiting }: { readonly waiting: readonly string[] },
): string {
  const all = [...apps];
  const busy = all.filter(([, { inFlight }]) => inFlight > 0).map(([appId]) => appId);
  const counts = all.map(([appId, { requests }]) => `${appId} ${requests}`);
  return [
    `the platform does not come to rest within ${restWithin} ms: look for events that cause each other, or raise restWithin`,
    `in the middle of a delivery or a request: ${busy.join(', ') || 'no app'}`,
    `deliveries and requests so far: ${counts.join(', ')}`,
    ...waiting.slice(0, 10).map((line) => `waiting: ${line}`),
    ...lines.slice(-10),
  ].join('\n  ');
}
