import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { RouteChanged } from '../events/index.ts';
import { changed, ODD_ROUTES, pathTo, SAMPLE } from '../testing/sample-routes.ts';
import { manifest } from './manifest.ts';
import { parts } from './parts.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
  app = new TestApp({ manifest, ...parts }, database);
});
afterAll(() => database.drop());

interface Entry {
  readonly n: number;
  readonly action: string;
  readonly event_id: string;
}

async function entries(route = SAMPLE, query = ''): Promise<Entry[]> {
  const { body } = await app.request('GET', `/api/audit/${pathTo(route)}${query}`);
  return (body as { entries: Entry[] }).entries;
}

it('has each event once, in the order in which they were processed, with who has acted', async () => {
  for (const action of ['created', 'activated', 'activated', 'deactivated'] as const) {
    await app.deliver(RouteChanged, changed(action), { id: `event-${action}` });
  }
  const log = await entries();
  expect(log.map(({ action, event_id: id }) => [action, id])).toEqual([
    ['created', 'event-created'],
    ['activated', 'event-activated'],
    ['deactivated', 'event-deactivated'],
  ]);
  expect(log[0]).toMatchObject({
    ...{ actor: 'ada', request_id: 'request-created', url: changed('created').url },
    occurred_at: '2026-03-01T10:00:00.000Z',
  });
  expect(await entries(SAMPLE, `?limit=1&after=${log[0]!.n}`)).toEqual([log[1]]);
});

it('keeps routes apart whose names differ in where their parts end', async () => {
  for (const [index, route] of ODD_ROUTES.entries()) {
    await app.deliver(RouteChanged, changed('created', route), { id: `odd-${index}` });
  }
  for (const [index, route] of ODD_ROUTES.entries()) {
    expect(await entries(route)).toMatchObject([{ event_id: `odd-${index}` }]);
  }
});

it.each([
  ['UPDATE', `UPDATE traffic_audit SET actor = 'ben'`],
  ['DELETE', 'DELETE FROM traffic_audit'],
  ['TRUNCATE', 'TRUNCATE traffic_audit'],
])('refuses %s, also to its own app', async (_name, statement) => {
  const before = await entries();
  await expect(database.pool.query(statement)).rejects.toThrow('append-only');
  await expect(database.poolOf(manifest.appId).query(statement)).rejects.toThrow(
    /append-only|permission denied/,
  );
  expect(await entries()).toEqual(before);
});
