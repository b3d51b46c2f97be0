import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Duration } from 'cdk8s';
import { inject } from 'vitest';
import type { AppUnderTest, TestAnswer } from '@cdk8s-event-platform/runtime/testing';
import { manifest as api } from '../../app-images/traffic/api/manifest.ts';
import { parts as apiParts } from '../../app-images/traffic/api/parts.ts';
import { manifest as audit } from '../../app-images/traffic/audit/manifest.ts';
import { parts as auditParts } from '../../app-images/traffic/audit/parts.ts';
import { manifest as cacheInvalidator } from '../../app-images/traffic/cache-invalidator/manifest.ts';
import { parts as invalidatorParts } from '../../app-images/traffic/cache-invalidator/parts.ts';
import { type RouteName, routeNameOf } from '../../app-images/traffic/events/properties.ts';
import { manifest as gateway } from '../../app-images/traffic/gateway/manifest.ts';
import { parts as gatewayParts } from '../../app-images/traffic/gateway/parts.ts';
import { manifest as health } from '../../app-images/traffic/health/manifest.ts';
import { parts as healthParts } from '../../app-images/traffic/health/parts.ts';
import { manifest as prober } from '../../app-images/traffic/prober/manifest.ts';
import { parts as proberParts } from '../../app-images/traffic/prober/parts.ts';
import { manifest as sync } from '../../app-images/traffic/sync/manifest.ts';
import { syncParts } from '../../app-images/traffic/sync/parts.ts';
import { pathTo } from '../../app-images/traffic/testing/sample-routes.ts';
import { TRAFFIC } from '../../charts/traffic/index.ts';
import { type TestPlatform, testPlatform } from '../../dev/testing/test-platform.ts';

/** An entry of the audit log. */
export interface Entry {
  readonly action: string;
  readonly actor: string;
  readonly event_id: string;
}

/** What routes lead to: it answers with a status that tests change. */
class Upstream {
  public status = 200;
  readonly #server: Server = createServer((_request, response) =>
    response.writeHead(this.status).end(),
  );

  public async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
  }

  public get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  public async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** The traffic manager in one process, as each test starts it. */
export class TrafficInTest {
  private constructor(
    public readonly platform: TestPlatform,
    public readonly upstream: Upstream,
  ) {}

  /** Starts all apps of the platform, as it is rendered for a local cluster. */
  public static async start(): Promise<TrafficInTest> {
    const apps: readonly AppUnderTest[] = [
      { manifest: api, ...apiParts },
      { manifest: audit, ...auditParts },
      { manifest: cacheInvalidator, ...invalidatorParts },
      { manifest: gateway, ...gatewayParts },
      { manifest: health, ...healthParts },
      { manifest: prober, ...proberParts },
      { manifest: sync, ...syncParts({ targets: [], secret: '' }) },
    ];
    const upstream = new Upstream();
    await upstream.start();
    const platform = await testPlatform(TRAFFIC.environments.local!(), {
      url: inject('postgresUrl'),
      restWithin: Duration.seconds(30),
      apps: Object.fromEntries(apps.map((app) => [app.manifest.appId, app])),
    });
    return new TrafficInTest(platform, upstream);
  }

  public async stop(): Promise<void> {
    await Promise.all([this.platform.stop(), this.upstream.stop()]);
  }

  /** Creates a route. @param url where it leads. @default - upstream */
  public create(route: RouteName, url = this.upstream.url): Promise<TestAnswer> {
    return this.platform.request('traffic-api', 'POST', '/api/routes', {
      ...{ body: { ...route, url }, headers: { 'x-user-id': 'ada' } },
    });
  }

  /** Activates, deactivates or probes a route. */
  public change(
    verb: 'activate' | 'deactivate' | 'probe',
    route: RouteName,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<TestAnswer> {
    return this.platform.request('traffic-api', 'POST', `/api/routes/${pathTo(route)}/${verb}`, {
      headers: { 'x-user-id': 'ada', ...headers },
    });
  }

  /** Where a route leads by the cache, or by the database; undefined where it does not. */
  public async resolve(route: RouteName, cached = true): Promise<string | undefined> {
    const { status, body } = await this.platform.request(
      ...(['traffic-api', 'GET', `/api/resolve/${pathTo(route)}`] as const),
      cached ? {} : { headers: { 'cache-control': 'no-cache' } },
    );
    return status === 200 ? (body as { url: string }).url : undefined;
  }

  /** Follows a route by the gateway. */
  public go(route: RouteName): Promise<TestAnswer> {
    return this.platform.request('traffic-gateway', 'GET', `/go/${pathTo(route)}`);
  }

  /** The newest probe of a route. */
  public async health(route: RouteName): Promise<unknown> {
    const path = `/api/health/${pathTo(route)}`;
    return (await this.platform.request('traffic-health', 'GET', path)).body;
  }

  /** What the audit log says of a route. */
  public async log(route: RouteName): Promise<readonly Entry[]> {
    const path = `/api/audit/${pathTo(route)}`;
    const { body } = await this.platform.request('traffic-audit', 'GET', path);
    return (body as { entries: Entry[] }).entries;
  }

  /** Routes that the cache shows otherwise than the database. */
  public async stale(): Promise<RouteName[]> {
    const routes = await this.platform.query<RouteName & Record<string, string>>(
      'traffic-api',
      'SELECT tenant, service, env, version FROM traffic_routes',
    );
    const stale: RouteName[] = [];
    for (const route of routes) {
      if ((await this.resolve(route)) !== (await this.resolve(route, false))) {
        stale.push(routeNameOf(route));
      }
    }
    return stale;
  }
}
