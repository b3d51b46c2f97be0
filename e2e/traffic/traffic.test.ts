import { Duration } from 'cdk8s';
import { afterEach, describe, expect, it } from 'vitest';
import { ProbeRoute, RouteChanged, RouteProbed } from '../../app-images/traffic/events/index.ts';
import { ODD_ROUTES, SAMPLE } from '../../app-images/traffic/testing/sample-routes.ts';
import { TrafficInTest } from './traffic-in-test.ts';

const running = new Set<TrafficInTest>();
afterEach(async () => {
  await Promise.all([...running].map((traffic) => traffic.stop()));
  running.clear();
});

async function start(): Promise<TrafficInTest> {
  const traffic = await TrafficInTest.start();
  running.add(traffic);
  return traffic;
}

const NOTHING_WRONG = { lost: [], doubled: [], quarantined: [], deadLettered: [], waiting: [] };
const actionsOf = (log: readonly { readonly action: string }[]) => log.map(({ action }) => action);

describe('the traffic manager', { timeout: 60_000 }, () => {
  it('has a route lead somewhere while it is active', async () => {
    const traffic = await start();
    const { platform, upstream } = traffic;
    // That it is missing is cached.
    expect([(await traffic.go(SAMPLE)).status, await traffic.resolve(SAMPLE)]).toEqual([
      ...[404, undefined],
    ]);
    expect((await traffic.create(SAMPLE)).status).toBe(201);
    await platform.settle();
    expect((await traffic.go(SAMPLE)).status).toBe(404);
    expect((await traffic.change('activate', SAMPLE)).status).toBe(200);
    await platform.settle();
    expect(await traffic.go(SAMPLE)).toMatchObject({
      status: 307,
      headers: { location: upstream.url, 'cache-control': 'no-store' },
    });
    expect((await traffic.change('deactivate', SAMPLE)).status).toBe(200);
    await platform.settle();
    expect((await traffic.go(SAMPLE)).status).toBe(404);

    const log = await traffic.log(SAMPLE);
    expect(actionsOf(log)).toEqual(['created', 'activated', 'deactivated']);
    const published = await platform.published(RouteChanged);
    expect(log.map(({ event_id: id }) => id)).toEqual(published.map(({ id }) => id));
    expect(await traffic.stale()).toEqual([]);
    expect(await platform.audit()).toMatchObject(NOTHING_WRONG);
  });

  it('keeps routes apart whose names differ in where their parts end', async () => {
    const traffic = await start();
    for (const [index, route] of ODD_ROUTES.entries()) {
      await traffic.create(route, `https://${index}.example.com/`);
    }
    for (const route of ODD_ROUTES.slice(1)) {
      await traffic.change('activate', route);
    }
    await traffic.platform.settle();
    for (const [index, route] of ODD_ROUTES.entries()) {
      const { status, headers } = await traffic.go(route);
      expect([status, headers.location]).toEqual(
        index === 0 ? [404, undefined] : [307, `https://${index}.example.com/`],
      );
      expect(actionsOf(await traffic.log(route))).toEqual(
        index === 0 ? ['created'] : ['created', 'activated'],
      );
    }
    expect(await traffic.stale()).toEqual([]);
    expect(await traffic.platform.audit()).toMatchObject(NOTHING_WRONG);
  });

  it('answers a probe, and knows what it has found', async () => {
    const traffic = await start();
    const { platform, upstream } = traffic;
    await traffic.create(SAMPLE);
    await platform.settle();
    upstream.status = 503;
    const asked = traffic.change('probe', SAMPLE, { 'idempotency-key': 'probe-1' });
    await platform.settle();
    const found = { healthy: false, status: 503 };
    expect(await asked).toMatchObject({ status: 200, body: { ...found, reason: 'answers 503' } });
    expect(await traffic.health(SAMPLE)).toMatchObject(found);
    // The same request has the same answer, and asks nobody.
    upstream.status = 200;
    expect(
      (await traffic.change('probe', SAMPLE, { 'idempotency-key': 'probe-1' })).body,
    ).toMatchObject(found);
    expect(await platform.published(ProbeRoute.priorities.urgent)).toHaveLength(1);
    expect(await platform.published(RouteProbed)).toHaveLength(1);
    expect(await platform.audit()).toMatchObject(NOTHING_WRONG);
  });

  it('answers 504 when a probe takes too long, and the same request has its answer later', async () => {
    const traffic = await start();
    const { platform } = traffic;
    await traffic.create(SAMPLE);
    const asked = traffic.change('probe', SAMPLE, { 'idempotency-key': 'probe-1' });
    // The prober does not come to its end for so long.
    for (let second = 0; second < 6; second++) {
      platform.kill('traffic-prober', 'at-commit');
      await platform.advance(Duration.seconds(1));
    }
    expect((await asked).status).toBe(504);
    await platform.advance(Duration.minutes(1));
    const again = await traffic.change('probe', SAMPLE, { 'idempotency-key': 'probe-1' });
    expect(again).toMatchObject({ status: 200, body: { healthy: true, status: 200 } });
    // It is sent without the transaction: again, and with the same id.
    expect(new Set((await platform.published(RouteProbed)).map(({ id }) => id)).size).toBe(1);
    expect(await platform.audit()).toMatchObject(NOTHING_WRONG);
  });

  it('has active routes probed each minute', async () => {
    const traffic = await start();
    const { platform } = traffic;
    const [active, other] = [SAMPLE, { ...SAMPLE, version: 'v3' }];
    await traffic.create(active);
    await traffic.create(other);
    await traffic.change('activate', active);
    await platform.advance(Duration.minutes(3));
    expect(await traffic.health(active)).toMatchObject({ healthy: true, status: 200 });
    expect(await traffic.health(other)).toMatchObject({ status: 404 });
    const probes = await platform.published(RouteProbed);
    expect(probes.length).toBeGreaterThanOrEqual(2);
    expect(await platform.published(ProbeRoute.reply)).toEqual([]);
    expect(await platform.audit()).toMatchObject(NOTHING_WRONG);
  });
});

describe('faults', { timeout: 60_000 }, () => {
  it('lose, double and reorder nothing', async () => {
    const traffic = await start();
    const { platform } = traffic;
    const routes = Array.from({ length: 5 }, (_, n) => ({ ...SAMPLE, version: `v${n}` }));
    const killed = ['traffic-audit', 'traffic-cache-invalidator', 'traffic-sync', 'traffic-health'];
    platform.faults.set({ duplicates: 0.3, loseAnswers: 0.2 });
    for (const route of routes) {
      await traffic.create(route);
    }
    for (let round = 0; round < 6; round++) {
      platform.kill(killed[round % killed.length]!, 'at-commit');
      for (const route of routes) {
        await traffic.resolve(route);
        const verb = round % 2 === 0 ? 'activate' : 'deactivate';
        expect((await traffic.change(verb, route)).status).toBe(200);
      }
      await platform.settle();
    }
    platform.faults.clear();
    await platform.advance(Duration.minutes(5));
    for (const route of routes) {
      expect(actionsOf(await traffic.log(route))).toEqual([
        'created',
        ...['activated', 'deactivated', 'activated', 'deactivated', 'activated', 'deactivated'],
      ]);
    }
    expect(await traffic.stale()).toEqual([]);
    expect(await platform.audit()).toMatchObject(NOTHING_WRONG);
  });

  it('of the prober have a probe answered once', async () => {
    const traffic = await start();
    const { platform } = traffic;
    await traffic.create(SAMPLE);
    platform.faults.set({ duplicates: 1 });
    platform.kill('traffic-prober', 'at-commit');
    const asked = traffic.change('probe', SAMPLE, { 'idempotency-key': 'probe-1' });
    await platform.advance(Duration.minutes(1));
    const first = await asked;
    const { body } = await traffic.change('probe', SAMPLE, { 'idempotency-key': 'probe-1' });
    expect([200, 504]).toContain(first.status);
    expect(body).toMatchObject({ healthy: true });
    // It is sent without the transaction: again, and with the same id.
    expect(new Set((await platform.published(RouteProbed)).map(({ id }) => id)).size).toBe(1);
    expect(await platform.audit()).toMatchObject(NOTHING_WRONG);
  });

  it('of the cache make it slower, and never wrong', async () => {
    const traffic = await start();
    const { platform, upstream } = traffic;
    await traffic.create(SAMPLE);
    await traffic.change('activate', SAMPLE);
    await platform.settle();
    expect(await traffic.resolve(SAMPLE)).toBe(upstream.url);
    platform.faults.set({ stateDown: true });
    expect((await traffic.go(SAMPLE)).status).toBe(307);
    await traffic.change('deactivate', SAMPLE);
    expect((await traffic.go(SAMPLE)).status).toBe(404);
    await platform.settle();
    platform.faults.clear();
    await platform.advance(Duration.minutes(3));
    expect((await traffic.go(SAMPLE)).status).toBe(404);
    expect(await traffic.stale()).toEqual([]);
    expect(await platform.audit()).toMatchObject(NOTHING_WRONG);
  });

  it('of the database of the API have the gateway answer 503, and then as before', async () => {
    const traffic = await start();
    const { platform } = traffic;
    await traffic.create(SAMPLE);
    await traffic.change('activate', SAMPLE);
    await platform.settle();
    await platform.withoutDatabase(async () => {
      expect((await traffic.go(SAMPLE)).status).toBe(503);
    });
    await platform.settle();
    expect((await traffic.go(SAMPLE)).status).toBe(307);
  });
});
