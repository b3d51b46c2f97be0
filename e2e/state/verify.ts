/** Compares the state API of a sidecar in tests with that of daprd and a Redis server, and races a cache on the latter. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readThroughCache, stateClient } from '../../app-images/runtime/index.ts';
import { MemoryState } from '../../app-images/runtime/testing/memory-state.ts';
import { answerState } from '../../app-images/runtime/testing/state-sidecar.ts';
import { command } from '../../cli/command.ts';
import { defineStateStore } from '../../contracts/index.ts';
import { answers, freePorts, listensOn, ManagedProcess } from '../../testkit/process.ts';
import { ensureTools } from '../../testkit/tools/index.ts';

const STORE = 'numbers';
const Numbers = defineStateStore({ name: STORE, description: 'Numbers.' });
const PATH = `/v1.0/state/${STORE}`;

type Request = readonly [method: string, path: string, body?: unknown, ifMatch?: string];

const write = (...entries: object[]): Request => ['POST', '', entries];
const first = { concurrency: 'first-write' };

/** One after the other: each sees what those before have done. */
const REQUESTS: readonly Request[] = [
  write({ key: 'a', value: { x: 0.123456789, y: 1e-7, z: 'ü<' } }),
  ['GET', '/a'],
  write({ key: 'a/b %2F', value: 'v', metadata: { ttlInSeconds: '60' } }),
  ['GET', '/a%2Fb%20%252F'],
  ['POST', '/bulk', { keys: ['a/b %2F', 'none'] }],
  ['DELETE', '/a%2Fb%20%252F'],
  ['GET', '/a%2Fb%20%252F'],
  write({ key: 'a', value: 2, etag: '1' }),
  write({ key: 'a', value: 3, etag: '1' }),
  write({ key: 'a', value: 3, etag: 'x' }),
  write({ key: 'a', value: 3, etag: '-1' }),
  write({ key: 'new', value: 1, etag: '-1' }),
  write({ key: 'new', value: 2 }),
  ['GET', '/new'],
  write({ key: 'f', value: 1, options: first }),
  write({ key: 'f', value: 2 }),
  write({ key: 'f', value: 2, options: first }),
  write({ key: 'f', value: 2, etag: '1' }),
  write({ key: 'f', value: 3, etag: '1' }, { key: 'g', value: 1 }),
  ['DELETE', '/f', undefined, '9'],
  ['DELETE', '/f', undefined, '2'],
  ['DELETE', '/none'],
  write({ key: 'x||y', value: 1 }),
  ['GET', '/x%7C%7Cy'],
  write({ value: 1 }),
  ['POST', '', []],
  ['POST', '/bulk', { keys: [] }],
  write({ key: 'n', value: null }),
  ['GET', '/n'],
  write({ key: 'n', value: 1, options: { concurrency: 'bad' } }),
  write({ key: 'n', value: 1, metadata: { ttlInSeconds: 'x' } }),
];

/** Runs a step, and says so. */
async function step(name: string, run: () => Promise<void>): Promise<void> {
  await run();
  console.log(`ok ${name}`);
}

async function compare(port: number): Promise<void> {
  const components = new Map([[STORE, { values: new MemoryState(), prefix: STORE }]]);
  for (const [method, path, body, ifMatch] of REQUESTS) {
    const headers = ifMatch === undefined ? {} : { 'if-match': ifMatch };
    const text = body === undefined ? '' : JSON.stringify(body);
    const real = await fetch(`http://127.0.0.1:${port}${PATH}${path}`, {
      ...{ method, headers },
      ...(text !== '' && { body: text }),
    });
    const found = (await real.text()).trim();
    const ours = answerState(
      { method, path: PATH + path, headers, body: text },
      { appId: 'app', components },
    )!;
    const json = (value: string): unknown => (value === '' ? '' : JSON.parse(value));
    assert.deepEqual(
      [ours.status, json(ours.body), ours.etag ?? null],
      [real.status, json(found), real.headers.get('etag')],
      `${method} ${path} ${text}`,
    );
  }
}

/** Readers and writers at once: a read returns nothing older than what was invalidated before it began. */
async function race(milliseconds: number): Promise<number> {
  const cache = readThroughCache(stateClient<unknown>(Numbers), { ttl: { seconds: 1 } });
  let [committed, invalidated, reads] = [0, 0, 0];
  const end = performance.now() + milliseconds;
  const read = async () => {
    while (performance.now() < end) {
      const min = invalidated;
      const value = await cache.get('k', () => {
        const row = committed;
        return new Promise((resolve) => setTimeout(() => resolve(row), Math.random() * 4));
      });
      assert.ok((value as number) >= min, `read ${String(value)} after ${min}`);
      reads++;
    }
  };
  const writer = async () => {
    while (performance.now() < end) {
      const mine = ++committed;
      await cache.invalidate('k');
      invalidated = Math.max(invalidated, mine);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 20));
    }
  };
  await Promise.all([read(), read(), read(), read(), writer()]);
  return reads;
}

await command('state', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-state-'));
  const [redis, http, grpc, internal, metrics, open] = await freePorts(6);
  const resources = join(folder, 'resources');
  mkdirSync(resources);
  const settings = {
    ...{ redisHost: `127.0.0.1:${redis!}`, keyPrefix: 'name', redisMaxRetries: '-1' },
  };
  writeFileSync(
    join(resources, 'store.yaml'),
    JSON.stringify({
      ...{ apiVersion: 'dapr.io/v1alpha1', kind: 'Component', metadata: { name: STORE } },
      spec: {
        ...{ type: 'state.redis', version: 'v1' },
        metadata: Object.entries(settings).map(([name, value]) => ({ name, value })),
      },
    }),
  );
  const { dapr } = ensureTools(['dapr']);
  const server = new ManagedProcess({
    name: 'redis',
    command: 'redis-server',
    args: ['--port', String(redis), '--bind', '127.0.0.1', '--save', '', '--dir', folder],
    log: join(folder, 'redis.log'),
    ready: () => listensOn(redis!),
  });
  const sidecar = new ManagedProcess({
    name: 'daprd',
    command: join(dapr, 'daprd'),
    args: [
      ...['--app-id=app', '--mode=standalone', `--resources-path=${resources}`],
      ...[`--dapr-http-port=${http!}`, `--dapr-grpc-port=${grpc!}`],
      ...[`--dapr-internal-grpc-port=${internal!}`, `--metrics-port=${metrics!}`],
      ...[`--dapr-public-port=${open!}`, '--dapr-listen-addresses=127.0.0.1'],
    ],
    log: join(folder, 'daprd.log'),
    ready: () => answers(`http://127.0.0.1:${http!}/v1.0/healthz`),
  });
  await server.start();
  await sidecar.start();
  try {
    await step(`${REQUESTS.length} answers are those of daprd`, () => compare(http!));
    process.env.DAPR_HTTP_PORT = String(http);
    await step('no read is older than an invalidation', async () => {
      console.log(`${await race(10_000)} reads`);
    });
  } finally {
    await sidecar.stop();
    await server.stop();
  }
});
