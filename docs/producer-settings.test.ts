import { App } from 'cdk8s';
import {
  DaprPubSub,
  Environment,
  EventPlatform,
  EventService,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';
import { type TestPlatform, testPlatform } from '@cdk8s-event-platform/dev';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import {
  counter,
  counterParts,
  prober,
  proberParts,
  RouteProbed,
  RouteReported,
} from './examples/producer-settings/probes.ts';

const route_id = 'b3b3c1f0-0000-4000-8000-000000000001';
const report = { body: { route_id }, headers: { 'idempotency-key': 'r-1' } };
let platform: TestPlatform;

beforeEach(async () => {
  const rendered = new EventPlatform(new App(), 'routes', { environment: Environment.local() });
  const broker = new KafkaCluster(rendered, 'kafka');
  const pubSub = new DaprPubSub(rendered, 'pubsub', { broker });
  const database = new PostgresDatabase(rendered, 'postgres');
  new EventService(rendered, 'prober', { manifest: prober, pubSub, database });
  new EventService(rendered, 'counter', { manifest: counter, pubSub, database });
  platform = await testPlatform(rendered, {
    apps: {
      prober: { manifest: prober, ...proberParts },
      'report-counter': { manifest: counter, ...counterParts },
    },
    url: inject('postgresUrl'),
  });
});
afterEach(() => platform.stop());

const reports = () => platform.query('report-counter', 'SELECT route_id FROM reports');

it('what is sent without a transaction is on its topic once the platform rests', async () => {
  const body = { route_id, healthy: true };
  expect((await platform.request('prober', 'POST', '/probes', { body })).status).toBe(202);
  await platform.settle();
  expect(await platform.published(RouteProbed)).toMatchObject([{ data: body }]);
});

it('what is sent twice under one id has its effect once', async () => {
  await platform.request('prober', 'POST', '/reports', report);
  const [event] = await platform.published(RouteReported);
  await platform.publish(RouteReported, { route_id }, event);
  await platform.settle();
  expect(await platform.published(RouteReported)).toHaveLength(2);
  expect(await reports()).toEqual([{ route_id }]);
});

it('a request that is repeated after a kill is the same event', async () => {
  platform.kill('prober');
  expect((await platform.request('prober', 'POST', '/reports', report)).status).toBe(202);
  await platform.query('prober', 'DELETE FROM idempotency_keys');
  platform.kill('prober');
  expect((await platform.request('prober', 'POST', '/reports', report)).status).toBe(202);
  await platform.settle();
  const ids = (await platform.published(RouteReported)).map(({ id }) => id);
  expect([ids.length, new Set(ids).size]).toEqual([2, 1]);
  expect(await reports()).toEqual([{ route_id }]);
});
