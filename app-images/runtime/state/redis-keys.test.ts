import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createTcpServer, type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineStateStore } from '@cdk8s-event-platform/contracts';
import { RUNTIME_ENV, type StateServer } from '@cdk8s-event-platform/contracts/interface';
import { makeSecret } from '../../../cli/make-secret.ts';
import {
  DaprStateStore,
  EventTools,
  RedisCache,
  StateStoreBackend,
} from '../../../constructs/index.ts';
import { TestPlatform } from '../../../constructs/testing/fixtures.ts';
import { type KubernetesObject, Manifests } from '../../../scripts/manifests.ts';
import { startCache } from '../../../testkit/cache/server.ts';
import { CertificateAuthority } from '../../../testkit/brokers/certificates.ts';
import type { ManagedProcess } from '../../../testkit/process.ts';
import { redisKeys, type RedisServer } from './redis-keys.ts';

const HOST = '127.0.0.1';
const TASKS = { of: 'task-cache||', prefix: '', limit: 100 };
const EVENT_TOOLS_PROGRAM = join(import.meta.dirname, '../../event-tools/main.ts');
const TSX = join(import.meta.dirname, '../../../node_modules/.bin/tsx');

/** A platform with a store in a cache of its own, and the tools. */
function declare() {
  const test = new TestPlatform();
  test.producer();
  const store = new DaprStateStore(test.platform, 'task-cache', {
    store: defineStateStore({ name: 'task-cache', description: 'Tasks.' }),
    backend: StateStoreBackend.redis(new RedisCache(test.platform, 'cache')),
  });
  new EventTools(test.platform, 'event-tools', { pubSub: test.pubSub, stateStores: [store] });
  const manifests = new Manifests(test.objects() as unknown as readonly KubernetesObject[]);
  const secrets = test.platform.secrets.map((secret) => makeSecret(secret, 'event-driven'));
  return { manifests, secrets };
}

/** Programs that Node does not bring: without them, `npm run e2e:state` is where keys are listed. */
const PROGRAMS = ['redis-server', 'redis-cli', 'openssl'];

function isInstalled(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

describe.skipIf(!PROGRAMS.every(isInstalled))('the keys of a store', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redis-keys-'));
  const { manifests, secrets } = declare();
  const passwords = secrets.find(({ metadata }) => metadata.name === 'cache-credentials')!;
  const { username: stateUser, password: statePassword } = passwords.stringData;
  let process: ManagedProcess;
  let tools: RedisServer;

  /** Runs a command as a user of the server, and returns its answer. */
  const redis = (user: string, password: string, ...command: string[]): string =>
    execFileSync(
      'redis-cli',
      ['-h', HOST, '-p', String(tools.port), '--user', user, '--no-auth-warning', ...command],
      { encoding: 'utf8', env: { ...globalThis.process.env, REDISCLI_AUTH: password } },
    );
  const save = (key: string) => redis(stateUser!, statePassword!, 'HSET', key, 'data', '1');
  const asTools = (...command: string[]) => redis('tools', tools.password!, ...command);

  /** Runs the program of the pod as it is rendered, but for the address. */
  const pod = async (
    args: readonly string[],
    over: Partial<StateServer> = {},
    more: Readonly<Record<string, string>> = {},
  ) => {
    const [container] = manifests.only('Deployment', 'event-tools').spec.template.spec.containers;
    const variables = container.env.map(({ name, value, valueFrom }) => {
      const reference = valueFrom?.secretKeyRef;
      const secret = secrets.find(({ metadata }) => metadata.name === reference?.name);
      return [name, value ?? secret?.stringData[reference!.key] ?? ''] as const;
    });
    const env = Object.fromEntries(variables);
    const servers = JSON.parse(env[RUNTIME_ENV.stateServers]!) as Record<string, StateServer>;
    const reached = { host: HOST, port: tools.port, ...over };
    servers['task-cache'] = { ...servers['task-cache']!, ...reached };
    return promisify(execFile)(TSX, [EVENT_TOOLS_PROGRAM, ...args], {
      env: {
        PATH: globalThis.process.env.PATH,
        ...{ ...env, ...more },
        [RUNTIME_ENV.stateServers]: JSON.stringify(servers),
      },
    });
  };

  beforeAll(async () => {
    const cache = await startCache({ manifests, secrets, folder, logs: folder });
    process = cache.process;
    const address = cache.addresses['cache.event-driven.svc.cluster.local:6379']!;
    tools = {
      host: HOST,
      port: Number(address.split(':')[1]),
      tls: false,
      username: 'tools',
      password: passwords.stringData['tools-password'],
    };
    ['b', 'a', 'a@5f0c', 'tasks/ä', 'x*y', 'xzy', 'x[z]y', String.raw`x\y`].forEach((key) =>
      save(`task-cache||${key}`),
    );
    save('other||a');
  });
  afterAll(async () => {
    await process.stop();
    rmSync(folder, { recursive: true });
  });

  it('are those of the store alone, in order and without its name', async () => {
    expect(await redisKeys(tools, TASKS)).toEqual({
      keys: ['a', 'a@5f0c', 'b', 'tasks/ä', 'x*y', 'x[z]y', String.raw`x\y`, 'xzy'],
      more: false,
    });
  });

  it.each([
    ['a', ['a', 'a@5f0c']],
    ['tasks/ä', ['tasks/ä']],
    ['x*', ['x*y']],
    ['x[', ['x[z]y']],
    ['x\\', [String.raw`x\y`]],
    ['?', []],
  ])('are those that begin with %s, whatever a pattern makes of it', async (prefix, keys) => {
    expect(await redisKeys(tools, { ...TASKS, prefix })).toEqual({ keys, more: false });
  });

  it('are printed by the program of the pod, which logs in as it is rendered', async () => {
    const { stdout } = await pod(['keys', 'task-cache', 'a', '1']);
    const { keys, more } = JSON.parse(stdout) as { keys: string[]; more: boolean };
    expect(['a', 'a@5f0c']).toContain(keys[0]);
    expect([keys.length, more]).toEqual([1, true]);
    await expect(pod(['keys', 'constructor', '', '1'])).rejects.toMatchObject({
      stderr: expect.stringContaining("this pod knows no server of store 'constructor'") as string,
    });
  });

  it('are read in pages, up to the limit, each once', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => `many||${index}`);
    execFileSync('redis-cli', ['-h', HOST, '-p', String(tools.port), '--user', stateUser!], {
      input: many.map((key) => `HSET ${key} data 1\n`).join(''),
      env: { ...globalThis.process.env, REDISCLI_AUTH: statePassword! },
    });
    const all = await redisKeys(tools, { of: 'many||', prefix: '', limit: 3_000 });
    expect([new Set(all.keys).size, all.keys.length, all.more]).toEqual([3_000, 3_000, false]);
    const some = await redisKeys(tools, { of: 'many||', prefix: '', limit: 2_999 });
    expect([new Set(some.keys).size, some.keys.length, some.more]).toEqual([2_999, 2_999, true]);
  });

  it.each([
    ['GET', 'task-cache||a'],
    ['HGETALL', 'task-cache||a'],
    ['SET', 'task-cache||a', '1'],
    ['DEL', 'task-cache||a'],
    ['TYPE', 'task-cache||a'],
    ['KEYS', '*'],
    ['EVAL', "return redis.call('get', 'a')", '0'],
    ['CONFIG', 'GET', '*'],
    ['ACL', 'LIST'],
    ['FLUSHALL'],
    ['SHUTDOWN'],
  ])('are all that their user sees: %s is refused', (...command) => {
    expect(asTools(...command)).toMatch(/^NOPERM /);
    expect(redis(stateUser!, statePassword!, 'HGETALL', 'task-cache||a')).toBe('data\n1\n');
  });

  it('are shown to nobody without the password', async () => {
    await expect(redisKeys({ ...tools, password: 'wrong' }, TASKS)).rejects.toThrow(
      /^Redis at .* it answered WRONGPASS .*: see whether it runs, and whether its Secret has changed/,
    );
    await expect(redisKeys({ ...tools, password: undefined }, TASKS)).rejects.toThrow('NOAUTH');
    await expect(
      redisKeys({ ...tools, username: stateUser, password: statePassword }, TASKS),
    ).rejects.toThrow('NOPERM');
  });

  it('come over TLS from a server whose certificate is trusted, and from no other', async () => {
    const authority = await CertificateAuthority.create(join(folder, 'authority'));
    const { key, certificate } = await authority.issue('cache', {
      ...{ commonName: 'cache', dnsNames: ['localhost'], usages: ['server auth'] },
    });
    const server = createTlsServer({ key, cert: certificate }, (socket) => {
      const plain = connect(tools.port, HOST);
      socket.pipe(plain).pipe(socket);
      [socket, plain].forEach((each) => each.on('error', () => undefined));
    });
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const { port } = server.address() as AddressInfo;
    const over = { host: 'localhost', port, tls: true };
    const trusted = { NODE_EXTRA_CA_CERTS: join(folder, 'authority', 'authority.crt') };
    const { stdout } = await pod(['keys', 'task-cache', 'b', '1'], over, trusted);
    expect(JSON.parse(stdout)).toEqual({ keys: ['b'], more: false });
    await expect(redisKeys({ ...tools, ...over }, TASKS)).rejects.toThrow(/certificate/);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a server of keys', () => {
  const server = async (onData: (write: (text: string) => void) => void) => {
    const listening = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', () => onData((text) => (text === '' ? socket.end() : socket.write(text))));
    });
    await new Promise<void>((resolve) => listening.listen(0, HOST, resolve));
    const { port } = listening.address() as AddressInfo;
    return { address: { host: HOST, port, tls: false }, close: () => listening.close() };
  };

  it.each([
    ['ends without an answer', '', 'it has closed the connection'],
    ['is another program', 'HTTP/1.1 400 Bad Request\r\n', 'it does not speak the protocol'],
    ['does not answer', '*2\r\n$1\r\n', 'no answer within 200 ms'],
  ])('may be down: it %s', async (_case, said, reason) => {
    const { address, close } = await server((write) => write(said));
    await expect(redisKeys({ ...address, timeout: 200 }, TASKS)).rejects.toThrow(reason);
    close();
  });

  it('may be down: nobody listens', async () => {
    const { address, close } = await server(() => undefined);
    await new Promise<void>((resolve) => {
      close().once('close', resolve);
    });
    await expect(redisKeys(address, TASKS)).rejects.toThrow(
      `Redis at ${HOST}:${address.port}: connect ECONNREFUSED`,
    );
  });

  it('may send an answer in pieces', async () => {
    const { address, close } = await server((write) => {
      const answer = '*2\r\n$1\r\n0\r\n*1\r\n$13\r\ntask-cache||a\r\n';
      Array.from(answer, (character, index) => setTimeout(() => write(character), index));
    });
    expect(await redisKeys(address, TASKS)).toEqual({ keys: ['a'], more: false });
    close();
  });
});
