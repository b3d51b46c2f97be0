/** `npm run e2e:state`: readers and writers race on a cache, on daprd and a Redis server. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readThroughCache, stateClient } from '../../app-images/runtime/index.ts';
import { redisKeys } from '../../app-images/runtime/state/redis-keys.ts';
import { command } from '../../cli/command.ts';
import { UsageError } from '../../cli/command-line.ts';
import { defineStateStore } from '../../contracts/index.ts';
import { answers, freePorts, listensOn, ManagedProcess } from '../../testkit/process.ts';
import { ensureTools } from '../../testkit/tools/index.ts';

const STORE = 'numbers';
const Numbers = defineStateStore({ name: STORE, description: 'Numbers.' });

const HELP = `npm run e2e:state [-- OPTIONS]

Readers and writers of one value race on a read-through cache, on the pinned daprd and a Redis server. Fails when a read
returns a value that is older than an invalidation which had ended when the read began, or
when the keys of the store are not listed as apps know them. What the state API
answers is compared by npm run e2e:conformance.

  --seconds N   how long they race (default: 10)
  --help        this text`;

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

await command('e2e:state', async () => {
  const { values } = parseArgs({
    options: { seconds: { type: 'string', default: '10' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) {
    throw new UsageError(`--seconds is '${values.seconds}': use a number above 0, such as 10`);
  }
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
    process.env.DAPR_HTTP_PORT = String(http);
    const reads = await race(seconds * 1000);
    console.log(`e2e:state: ${reads} reads, none older than an invalidation`);
    await stateClient<unknown>(Numbers).set('plain', 1);
    const address = { host: '127.0.0.1', port: redis!, tls: false };
    const { keys } = await redisKeys(address, { of: `${STORE}||`, prefix: '', limit: 100_000 });
    assert.deepEqual([keys[0], keys.at(-1)], ['k', 'plain']);
    assert.ok(
      keys.slice(1, -1).every((key) => key.startsWith('k@')),
      keys.join(', '),
    );
    console.log(`e2e:state: ${keys.length} keys are listed as apps know them`);
  } finally {
    await sidecar.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
