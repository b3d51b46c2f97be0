import { App } from 'cdk8s';
import { afterEach, expect, inject, it } from 'vitest';
import { defineApp, defineEvent } from '@cdk8s-event-platform/contracts';
import {
  answer,
  AppCallError,
  AppUnavailableError,
  appClient,
  CallDeniedError,
  each,
} from '@cdk8s-event-platform/runtime';
import {
  DaprPubSub,
  Environment,
  EventApp,
  EventPlatform,
  KafkaCluster,
  PostgresDatabase,
} from 'cdk8s-event-platform';
import { type TestPlatform, testPlatform } from './test-platform.ts';

const Asked = defineEvent({
  ...{ type: 'com.example.asked', topic: 'asked', version: '1.0.0', description: 'Asked.' },
  key: 'route_id',
  schema: {
    type: 'object',
    required: ['route_id'],
    properties: { route_id: { type: 'string', maxLength: 64 } },
  },
});

const routes = defineApp({
  ...{ appId: 'routes', description: 'Has routes.', port: 8080, serves: true },
  publishes: [Asked],
  migrations: [
    { name: '0100-routes', sql: 'CREATE TABLE routes (id text PRIMARY KEY, caller text NOT NULL)' },
  ],
});
const gateway = defineApp({
  ...{ appId: 'gateway', description: 'Asks for routes.', port: 8080, serves: true },
  subscribes: [Asked],
});

const client = appClient('routes');

/** What a call has led to: its answer, or the name and status of its error. */
async function outcome(call: Promise<{ status: number; body: unknown }>): Promise<unknown> {
  try {
    const { status, body } = await call;
    return { status, body };
  } catch (error) {
    const { name } = error as Error;
    return error instanceof AppCallError
      ? { name, status: error.status, detail: error.problem?.detail }
      : error instanceof AppUnavailableError
        ? { name, reason: error.reason }
        : { name: error instanceof CallDeniedError ? name : String(error) };
  }
}

function platformOf(): EventPlatform {
  const platform = new EventPlatform(new App(), 'platform', { environment: Environment.local() });
  const database = new PostgresDatabase(platform, 'postgres');
  const pubSub = new DaprPubSub(platform, 'pubsub', {
    broker: new KafkaCluster(platform, 'kafka'),
  });
  const called = new EventApp(platform, 'routes', { manifest: routes, pubSub, database });
  new EventApp(platform, 'gateway', { manifest: gateway, pubSub, database }).grantInvoke(called, [
    { methods: ['GET', 'PUT'], path: '/routes/*' },
  ]);
  return platform;
}

const running: TestPlatform[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((platform) => platform.stop()));
});

async function started(): Promise<TestPlatform> {
  const platform = await testPlatform(platformOf(), {
    apps: {
      routes: {
        manifest: routes,
        routes: (api) => {
          api.get('/routes/:id', {}, async (tx, { params }) => {
            const { rows } = await tx.query<{ caller: string }>(
              'SELECT caller FROM routes WHERE id = $1',
              [params.id],
            );
            return rows[0] === undefined
              ? answer(404, { type: 'about:blank', detail: `no route '${params.id!}'` })
              : { id: params.id, caller: rows[0].caller };
          });
          api.put('/routes/:id', {}, async (tx, { params, headers }) => {
            await tx.query('INSERT INTO routes VALUES ($1, $2)', [
              params.id,
              headers['dapr-caller-app-id'],
            ]);
            return answer(201);
          });
          api.delete('/routes/:id', {}, () => Promise.resolve());
        },
      },
      gateway: {
        manifest: gateway,
        on: [
          each(Asked, async (_tx, { data, id }) => {
            await client.put(`/routes/${encodeURIComponent(data.route_id)}`, {
              idempotencyKey: id,
            });
          }),
        ],
        routes: (api) => {
          api.get('/read/:id', {}, (_tx, { params }) =>
            outcome(client.get(`/routes/${encodeURIComponent(params.id!)}`)),
          );
          api.post('/forget', {}, () => outcome(client.delete('/routes/r1')));
          api.post('/nobody', {}, () => outcome(appClient('nobody').get('/routes/r1')));
        },
      },
    },
    url: inject('postgresUrl'),
  });
  running.push(platform);
  return platform;
}

it('passes calls from app to app, and denies what is not granted', async () => {
  const platform = await started();
  const read = async (id: string) => (await platform.request('gateway', 'GET', `/read/${id}`)).body;
  expect(await read('r1')).toEqual({ name: 'AppCallError', status: 404, detail: "no route 'r1'" });
  await platform.publish(Asked, { route_id: 'r1' });
  await platform.publish(Asked, { route_id: 'a/b%' });
  await platform.settle();
  expect(await read('r1')).toEqual({ status: 200, body: { id: 'r1', caller: 'gateway' } });
  expect(await read(encodeURIComponent('a/b%'))).toEqual({
    ...{ status: 200, body: { id: 'a/b%', caller: 'gateway' } },
  });
  expect((await platform.request('gateway', 'POST', '/forget')).body).toEqual({
    name: 'CallDeniedError',
  });
  expect((await platform.request('gateway', 'POST', '/nobody')).body).toEqual({
    ...{ name: 'AppUnavailableError', reason: 'app' },
  });
});
