import { type TestPlatform, testPlatform } from '@cdk8s-event-platform/dev';
import { afterEach, expect, inject, it } from 'vitest';
import { gateway, gatewayApp, routes, routesApp } from './examples/service-invocation/apps.ts';
import { routingPlatform } from './examples/service-invocation/platform.ts';

let platform: TestPlatform;
afterEach(() => platform.stop());

it('the gateway of the page redirects to where a route leads, and says when there is none', async () => {
  platform = await testPlatform(routingPlatform(), {
    apps: {
      routes: { manifest: routesApp, ...routes },
      gateway: { manifest: gatewayApp, ...gateway },
    },
    url: inject('postgresUrl'),
  });
  const go = () => platform.request('gateway', 'GET', '/go/a%2Fb');
  expect((await go()).status).toBe(404);
  const body = { target: 'https://a.example' };
  await platform.request('routes', 'PUT', '/routes/a%2Fb', { body });
  const { status, headers } = await go();
  expect([status, headers.location]).toEqual([302, body.target]);
});
