import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createDatabase, TestApp, type TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import { ProbeRoute, RouteChanged } from '../events/index.ts';
import type { RouteName } from '../events/properties.ts';
import { LONGEST, ODD_ROUTES, pathTo, SAMPLE, SAMPLE_URL } from '../testing/sample-routes.ts';
import { manifest } from './manifest.ts';
import { parts } from './parts.ts';

let database: TestDatabase;
let app: TestApp;
beforeAll(async () => {
  database = await createDatabase([manifest], { url: inject('postgresUrl') });
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.pool.query('TRUNCATE traffic_routes; TRUNCATE outbox; TRUNCATE sent_requests');
  app = new TestApp({ manifest, ...parts }, database);
});

const ADA = { 'x-user-id': 'ada' };
const create = (
  route: RouteName = SAMPLE,
  headers: Record<string, string> = ADA,
  url = SAMPLE_URL,
) => app.request('POST', '/api/routes', { body: { ...route, url }, headers });
const change = (verb: string, route: RouteName = SAMPLE, headers: Record<string, string> = {}) =>
  app.request('POST', `/api/routes/${pathTo(route)}/${verb}`, { headers: { ...ADA, ...headers } });
const resolve = (route: RouteName = SAMPLE, headers: Record<string, string> = {}) =>
  app.request('GET', `/api/resolve/${pathTo(route)}`, { headers });
const actions = async () =>
  (await app.published(RouteChanged)).map(({ data: { action, tenant } }) => [action, tenant]);

describe('routes', () => {
  it('are created, activated and deactivated, and each change is published with who made it', async () => {
    const created = await create(SAMPLE, { ...ADA, 'idempotency-key': 'request-1' });
    expect(created).toMatchObject({
      status: 201,
      headers: { etag: '"1"', location: '/api/routes/team-a/payments/prod/v2' },
      body: { ...SAMPLE, url: SAMPLE_URL, active: false, revision: 1 },
    });
    expect(await change('activate')).toMatchObject({ status: 200, body: { active: true } });
    expect(await change('deactivate', SAMPLE, { 'x-user-id': 'ben' })).toMatchObject({
      status: 200,
      headers: { etag: '"3"' },
    });
    const events = await app.published(RouteChanged);
    expect(events.map(({ data }) => [data.action, data.metadata.user_id])).toEqual([
      ...[
        ['created', 'ada'],
        ['activated', 'ada'],
        ['deactivated', 'ben'],
      ],
    ]);
    expect(events[0]).toMatchObject({
      source: '/traffic/api',
      time: (created.body as { created_at: string }).created_at,
      data: { ...SAMPLE, url: SAMPLE_URL, metadata: { request_id: 'request-1' } },
    });
  });

  it('are refused in what they are not, and nothing is published of it', async () => {
    expect((await change('activate')).status).toBe(404);
    await create();
    const status = async (verb: string, headers = {}) =>
      (await change(verb, SAMPLE, headers)).status;
    expect((await create(SAMPLE, ADA, 'https://other.example.com')).status).toBe(409);
    expect(await status('deactivate')).toBe(409);
    expect(await status('activate', { 'if-match': '"2"' })).toBe(412);
    expect(await status('activate', { 'if-match': '"1"' })).toBe(200);
    expect(await status('activate')).toBe(409);
    expect(await actions()).toEqual([
      ['created', 'team-a'],
      ['activated', 'team-a'],
    ]);
    expect((await resolve()).body).toEqual({ ...SAMPLE, url: SAMPLE_URL });
  });

  it.each([
    [{ tenant: '' }, SAMPLE_URL],
    [{ tenant: '..' }, SAMPLE_URL],
    [{ tenant: 'a'.repeat(33) }, SAMPLE_URL],
    [{ env: 'nul\u0000' }, SAMPLE_URL],
    [{}, 'javascript:alert(1)'],
    [{}, 'https://a.example/\nb'],
    [{}, `https://a.example/${'x'.repeat(500)}`],
  ])('with %j and %s are not created', async (changes, url) => {
    expect((await create({ ...SAMPLE, ...changes }, ADA, url)).status).toBe(400);
    expect(await actions()).toEqual([]);
  });

  it.each([
    [{}],
    [{ 'x-user-id': '' }],
    [{ 'x-user-id': 'a b' }],
    [{ 'x-user-id': 'a'.repeat(65) }],
  ])('are changed by nobody without a name: %j', async (headers) => {
    expect((await create(SAMPLE, headers)).status).toBe(400);
    await create();
    const path = `/api/routes/${pathTo(SAMPLE)}/activate`;
    expect((await app.request('POST', path, { headers })).status).toBe(400);
    expect(await actions()).toEqual([['created', 'team-a']]);
  });

  it('are changed once by a request that is repeated', async () => {
    const headers = { ...ADA, 'idempotency-key': 'a-1' };
    const [first, again] = [await create(SAMPLE, headers), await create(SAMPLE, headers)];
    expect(again).toMatchObject({ status: 201, body: first.body as object });
    expect(again.headers['idempotency-replayed']).toBe('true');
    const activate = { 'idempotency-key': 'a-2' };
    expect((await change('activate', SAMPLE, activate)).status).toBe(200);
    expect((await change('activate', SAMPLE, activate)).status).toBe(200);
    expect(await actions()).toHaveLength(2);
  });

  it('are activated by one of several who do it at the same time', async () => {
    await create();
    const answers = await Promise.all(Array.from({ length: 5 }, () => change('activate')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
    expect(await actions()).toHaveLength(2);
  });

  it('are shown with their ETag, and listed by tenant', async () => {
    for (const version of ['v1', 'v2', 'v3']) {
      await create({ ...SAMPLE, version });
    }
    await create({ ...SAMPLE, tenant: 'team-b' });
    const shown = await app.request('GET', `/api/routes/${pathTo(SAMPLE)}`);
    expect([shown.status, shown.headers.etag]).toEqual([200, '"1"']);
    const headers = { 'if-none-match': '"1"' };
    expect((await app.request('GET', `/api/routes/${pathTo(SAMPLE)}`, { headers })).status).toBe(
      304,
    );
    const list = async (query: string) =>
      (await app.request('GET', `/api/routes?tenant=team-a${query}`)).body as {
        routes: RouteName[];
        after?: number;
      };
    const page = await list('&limit=2');
    expect(page.routes.map(({ version }) => version)).toEqual(['v1', 'v2']);
    const rest = await list(`&limit=2&after=${page.after}`);
    expect(rest.routes.map(({ version }) => version)).toEqual(['v3']);
    expect(rest.after).toBeUndefined();
  });

  it('are described', async () => {
    const { body } = await app.request('GET', '/api/openapi.json');
    expect(Object.keys((body as { paths: object }).paths)).toEqual(
      expect.arrayContaining([
        '/api/routes/{tenant}/{service}/{env}/{version}/activate',
        '/api/resolve/{tenant}/{service}/{env}/{version}',
      ]),
    );
  });
});

describe('names of routes', () => {
  it.each([...ODD_ROUTES, LONGEST])('are free text: %j', async (route) => {
    const created = await create(route);
    expect([created.status, created.headers.location]).toEqual([
      ...[201, `/api/routes/${pathTo(route)}`],
    ]);
    expect((await change('activate', route)).status).toBe(200);
    // From the database, and then from the cache.
    for (let read = 0; read < 2; read++) {
      expect((await resolve(route)).body).toEqual({ ...route, url: SAMPLE_URL });
    }
    expect((await app.request('GET', `/api/routes/${pathTo(route)}`)).body).toMatchObject(route);
    expect((await app.published(RouteChanged))[1]!.data).toMatchObject(route);
  });

  it('do not collide', async () => {
    for (const [index, route] of ODD_ROUTES.entries()) {
      await create(route, ADA, `https://${index}.example.com`);
      await change('activate', route);
    }
    for (const [index, route] of ODD_ROUTES.entries()) {
      expect((await resolve(route)).body).toMatchObject({ url: `https://${index}.example.com` });
      expect((await resolve(route)).body).toMatchObject({ url: `https://${index}.example.com` });
    }
  });

  it.each(['a%00b', '%2E%2E', 'a'.repeat(33), '%FF'])(
    'that no route has are unknown: %s',
    async (tenant) => {
      const { status } = await app.request('GET', `/api/resolve/${tenant}/payments/prod/v2`);
      expect(status).toBe(tenant === '%FF' ? 400 : 404);
    },
  );
});

describe('the cache', () => {
  it('has what was resolved until it is invalidated, and a client may look past it', async () => {
    await create();
    expect((await resolve()).status).toBe(404);
    await change('activate');
    expect((await resolve()).status).toBe(404);
    expect((await resolve(SAMPLE, { 'cache-control': 'no-cache' })).status).toBe(200);
    app.state.advance(10 * 60_000);
    expect((await resolve()).status).toBe(200);
  });

  it('is bypassed while it is down', async () => {
    app.state.reachable = false;
    await create();
    expect((await resolve()).status).toBe(404);
    await change('activate');
    expect((await resolve()).body).toEqual({ ...SAMPLE, url: SAMPLE_URL });
    await change('deactivate');
    expect((await resolve()).status).toBe(404);
  });
});

describe('probes', () => {
  it('answer with what the prober has found, once for each request', async () => {
    await create();
    const asked: string[] = [];
    app.answer(ProbeRoute.priorities.urgent, ({ url }) => {
      asked.push(url);
      return { healthy: false, status: 503, latency_ms: 7, reason: 'answers 503' };
    });
    const headers = { 'idempotency-key': 'probe-1' };
    for (let repeat = 0; repeat < 2; repeat++) {
      expect(await change('probe', SAMPLE, headers)).toMatchObject({
        status: 200,
        body: { healthy: false, status: 503, latency_ms: 7, reason: 'answers 503' },
      });
    }
    expect(asked).toEqual([SAMPLE_URL]);
    expect((await change('probe', { ...SAMPLE, version: 'v9' })).status).toBe(404);
  });

  it('hold no connection while they are waited for', async () => {
    await create();
    const waiting = change('probe');
    const pool = database.poolOf(manifest.appId);
    const sent = async () => {
      const { rows } = await database.pool.query<{ id: string }>('SELECT id FROM sent_requests');
      return { id: rows[0]?.id, used: pool.totalCount - pool.idleCount };
    };
    await expect.poll(sent).toEqual({ id: expect.any(String) as string, used: 0 });
    const { id } = await sent();
    const reply = { healthy: true, status: 200, latency_ms: 3 };
    await app.deliver(ProbeRoute.reply, {
      ...{ request_id: id!, reply_to: manifest.appId, reply },
    });
    expect(await waiting).toMatchObject({ status: 200, body: reply });
  });

  it('are asked for each minute for active routes, and not twice for one minute', async () => {
    for (const version of ['v1', 'v2', 'v3']) {
      await create({ ...SAMPLE, version });
    }
    await change('activate', { ...SAMPLE, version: 'v1' });
    await change('activate', { ...SAMPLE, version: 'v3' });
    const due = '2026-12-01T03:00:00Z';
    expect(await app.runJob('probe', { due })).toEqual({ outcome: 'done' });
    expect(await app.runJob('probe', { due })).toEqual({ outcome: 'duplicate' });
    const commands = await app.published(ProbeRoute);
    expect(commands.map(({ data }) => data.version).sort()).toEqual(['v1', 'v3']);
    // Nobody waits for these.
    expect(commands.map(({ replyto }) => replyto)).toEqual([undefined, undefined]);
    await app.runJob('probe', { due: '2026-12-01T03:01:00Z' });
    expect(await app.published(ProbeRoute)).toHaveLength(4);
  });
});
