import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defineStateStore } from '@cdk8s-event-platform/contracts';
import { DaprStateStore, EventTools, RedisCache, StateStoreBackend } from 'cdk8s-event-platform';
import { TestPlatform } from '../../constructs/testing/fixtures.ts';
import { UsageError } from '../command-line.ts';
import { main } from '../event-platform.ts';
import { type Kubectl, kubectlProblem } from './kubectl.ts';
import { keysText, parseLimit, stateKeys } from './state-keys.ts';
import { ToolsPod } from './tools-pod.ts';

/** A platform whose tools may read a cache, a table, and a store without a contract. */
function platform(withStores = true): TestPlatform['platform'] {
  const test = new TestPlatform();
  test.producer();
  const cache = StateStoreBackend.redis(new RedisCache(test.platform, 'cache'));
  const tables = StateStoreBackend.postgres(test.database);
  const contract = (name: string) => ({ store: defineStateStore({ name, description: 'Tasks.' }) });
  const stateStores = [
    new DaprStateStore(test.platform, 'task-cache', { ...contract('task-cache'), backend: cache }),
    new DaprStateStore(test.platform, 'sessions', { ...contract('sessions'), backend: tables }),
    new DaprStateStore(test.platform, 'notes', { backend: tables }),
    new DaprStateStore(test.platform, 'drafts', { backend: cache }),
  ];
  const props = { pubSub: test.pubSub, ...(withStores && { stateStores }) };
  new EventTools(test.platform, 'event-tools', props);
  return test.platform;
}

/** kubectl with a pod that says something, and what it was called with. */
function pod(says: string | Error, withStores?: boolean) {
  const calls: (readonly string[])[] = [];
  const kubectl: Kubectl = {
    run: (args) => {
      calls.push(args);
      return says instanceof Error ? Promise.reject(says) : Promise.resolve(says);
    },
    lines: () => Promise.reject(new Error('nothing is read line by line')),
  };
  return { calls, tools: ToolsPod.of(platform(withStores), kubectl) };
}

const refused = (name: string, withStores?: boolean) => {
  const { tools, calls } = pod('', withStores);
  return { calls, result: stateKeys(tools, name, { limit: 100 }) };
};

describe('the keys of a store', () => {
  it('come from the program of the tools', async () => {
    const { tools, calls } = pod('{"keys":["tasks/1"],"more":true}\n');
    expect(await stateKeys(tools, 'task-cache', { prefix: 'tasks/', limit: 1 })).toEqual({
      keys: ['tasks/1'],
      more: true,
    });
    expect(calls).toEqual([
      [
        ...['exec', '--stdin', '--namespace=event-driven', '--container=event-tools'],
        ...['--pod-running-timeout=5s', 'deployment/event-tools', '--', 'node', '/app/main.js'],
        ...['keys', 'task-cache', 'tasks/', '1'],
      ],
    ]);
  });

  it.each([
    [
      'task-cach',
      true,
      "the EventTools may not read 'task-cach': use task-cache, sessions, notes, drafts, or give it to them as stateStores",
    ],
    [
      'task-cache',
      false,
      "the EventTools may read no store: give them 'task-cache' as stateStores, and apply it",
    ],
  ])('need a store that the tools may read: %s', async (name, withStores, message) => {
    const { result, calls } = refused(name, withStores);
    await expect(result).rejects.toThrow(UsageError);
    await expect(result).rejects.toThrow(message);
    expect(calls).toEqual([]);
  });

  it.each([
    [
      'sessions',
      `store 'sessions' is in PostgreSQL, and the EventTools list keys of Redis alone: ask the database, e.g. psql -c "SELECT key FROM state_store.dapr_state WHERE starts_with(key, 'sessions||') ORDER BY key LIMIT 100"`,
    ],
    ['notes', "WHERE starts_with(key, 'APP||')"],
    ['drafts', "store 'drafts' has no contract, so each app has keys of its own"],
  ])('cannot be listed of every store: %s', async (name, message) => {
    const { result, calls } = refused(name);
    await expect(result).rejects.toThrow(message);
    expect(calls).toEqual([]);
  });

  it.each([
    [
      'Redis at cache.event-driven.svc.cluster.local:6379: connect ECONNREFUSED 10.0.0.7:6379: see whether it runs',
      'connect ECONNREFUSED 10.0.0.7:6379: see whether it runs',
    ],
    [
      'Error from server (NotFound): deployments.apps "event-tools" not found',
      'apply what the program declares first',
    ],
  ])('cannot be listed while something is not there', async (said, message) => {
    const { tools } = pod(new Error(kubectlProblem(['exec', 'deployment/event-tools'], said)));
    await expect(stateKeys(tools, 'task-cache', { limit: 1 })).rejects.toThrow(message);
  });

  it('need the tools', () => {
    const test = new TestPlatform();
    expect(() => ToolsPod.of(test.platform, {} as Kubectl)).toThrow('has no EventTools');
  });

  it('are lines of a terminal, whatever they hold', () => {
    expect(keysText({ keys: ['a', 'b\u001B[2J\n', 'c@5f0c'], more: false })).toBe(
      String.raw`a
b\u001b[2J\u000a
c@5f0c`,
    );
  });

  it.each(['many', '0', '-1', '1.5', '', '1e2', '10001'])('cannot be %s in number', (text) => {
    expect(() => parseLimit(text)).toThrow(
      `--limit '${text}' is not a number of keys: use a whole number from 1 to 10000`,
    );
  });
});

/** Texts that were printed. */
const printed = (spy: { readonly mock: { readonly calls: readonly (readonly unknown[])[] } }) =>
  spy.mock.calls.map(([text]) => String(text));

describe('event-platform state', () => {
  const spies = () => ({
    log: vi.spyOn(console, 'log').mockReturnValue(),
    errors: vi.spyOn(console, 'error').mockReturnValue(),
  });
  let output: ReturnType<typeof spies>;
  let folder: string;
  beforeEach(() => {
    output = spies();
    folder = mkdtempSync(join(tmpdir(), 'state-keys-'));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  /** Runs the command on a program, with a kubectl whose pod says something. */
  const listed = async (says: object, ...args: readonly string[]) => {
    const script = `#!/bin/sh\ncat <<'END'\n${JSON.stringify(says)}\nEND\n`;
    writeFileSync(join(folder, 'kubectl'), script, { mode: 0o755 });
    vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
    const app = join(import.meta.dirname, 'testing/stores.ts');
    expect(await main(['state', 'keys', 'task-cache', '--app', app, ...args])).toBe(0);
    return { out: printed(output.log), errors: printed(output.errors) };
  };

  it('prints keys, and says when there are more', async () => {
    expect(await listed({ keys: ['a', 'a@5f0c'], more: true }, '--limit', '2')).toEqual({
      out: ['a\na@5f0c'],
      errors: ['there are more than 2: use --prefix, or a higher --limit'],
    });
  });

  it('prints JSON, with whether there are more', async () => {
    expect(await listed({ keys: ['a'], more: false }, '--json')).toEqual({
      out: ['{"store":"task-cache","keys":["a"],"more":false}'],
      errors: [],
    });
  });

  it('says when there is no key', async () => {
    expect(await listed({ keys: [], more: false }, '--prefix', 'x')).toEqual({
      out: [],
      errors: ["store 'task-cache' has no keys that begin with 'x'"],
    });
  });

  it.each([
    [['state', 'keys'], 'use `state get STORE KEY` or `state keys STORE`'],
    [['state', 'keys', 'a', 'b'], "not 'state keys a b'"],
    [['state', 'get', 'a'], "not 'state get a'"],
    [['state', 'keys', 'a', '--limit', 'many'], "--limit 'many' is not a number of keys"],
    [['state', 'get', 'a', 'b', '--limit', '1'], '--prefix and --limit are of `state keys`'],
  ])('%s is refused in one line', async (args, message) => {
    const result = main(args);
    await expect(result).rejects.toThrow(UsageError);
    await expect(result).rejects.toThrow(message);
    expect(printed(output.log)).toEqual([]);
  });
});
