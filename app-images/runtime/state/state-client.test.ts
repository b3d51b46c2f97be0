import { defineStateStore } from '@cdk8s-event-platform/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { DependencyUnavailableError } from '../errors/failure.ts';
import { StateConflictError } from '../errors/state-conflict-error.ts';
import { TestState } from '../testing/test-state.ts';
import { stateClient } from './state-client.ts';
import { inAppScope } from '../process/app-scope.ts';

const Tasks = defineStateStore({
  name: 'tasks',
  description: 'Tasks.',
  ttl: { minutes: 1 },
  schema: {
    type: 'object',
    required: ['title'],
    properties: { title: { type: 'string' }, ratio: { type: 'number' } },
  },
});
const Anything = defineStateStore({ name: 'anything', description: 'Anything.' });

let state: TestState;
const tasks = stateClient(Tasks);
const anything = stateClient(Anything);
const run = <Result>(what: () => Promise<Result>) => inAppScope(state.scope, what);

beforeEach(() => {
  state = new TestState({ appId: 'app', state: [Tasks, Anything] });
});

describe('a state client', () => {
  it('writes, reads and deletes values', () =>
    run(async () => {
      expect(await tasks.get('t1')).toBeUndefined();
      await tasks.set('t1', { title: 'One' });
      expect(await tasks.get('t1')).toEqual({ value: { title: 'One' }, etag: '1' });
      await tasks.delete('t1');
      expect(await tasks.get('t1')).toBeUndefined();
    }));

  it('keeps numbers as they are, which Dapr would round', () =>
    run(async () => {
      await tasks.set('t1', { title: 'One', ratio: 1.23456789e-7 });
      expect((await tasks.get('t1'))!.value.ratio).toBe(1.23456789e-7);
    }));

  it('writes a value whose version it names, and only that', () =>
    run(async () => {
      await tasks.set('t1', { title: 'One' });
      const { etag } = (await tasks.get('t1'))!;
      await tasks.set('t1', { title: 'Two' }, { etag });
      await expect(tasks.set('t1', { title: 'Three' }, { etag })).rejects.toThrow(
        StateConflictError,
      );
      await expect(tasks.delete('t1', { etag })).rejects.toThrow(StateConflictError);
      expect((await tasks.get('t1'))!.value).toEqual({ title: 'Two' });
    }));

  it('does not write over a value that should be new, however it was written', () =>
    run(async () => {
      await tasks.set('t1', { title: 'One' }, { onlyNew: true });
      await tasks.set('t2', { title: 'One' });
      for (const key of ['t1', 't2']) {
        await expect(tasks.set(key, { title: 'Two' }, { onlyNew: true })).rejects.toThrow(
          `the value of '${key}' in 'tasks' is another one by now`,
        );
        expect((await tasks.get(key))!.value).toEqual({ title: 'One' });
      }
    }));

  it('forgets values after the time of the store, or their own', () =>
    run(async () => {
      await tasks.setAll([
        { key: 'short', value: { title: 'S' } },
        { key: 'long', value: { title: 'L' }, ttl: { hours: 1 } },
      ]);
      await anything.set('kept', 1);
      state.advance(60_000);
      expect([...(await tasks.getAll(['short', 'long'])).keys()]).toEqual(['long']);
      state.advance(1_000 * 86_400_000);
      expect((await anything.get('kept'))!.value).toBe(1);
    }));

  it('keeps a value for good that had a time before', () =>
    run(async () => {
      await anything.set('k', 1, { ttl: { seconds: 1 } });
      await anything.set('k', 2);
      state.advance(10_000);
      expect((await anything.get('k'))!.value).toBe(2);
    }));

  it.each([
    'a/b',
    'a%2Fb',
    'a b',
    'ü',
    '€',
    '?',
    '#',
    '"',
    '\\',
    'bulk',
    'a||b'.replace('||', '|'),
  ])('takes the key %j', (key) =>
    run(async () => {
      await anything.set(key, key);
      expect((await anything.get(key))!.value).toBe(key);
      expect((await anything.getAll([key, 'other'])).get(key)!.value).toBe(key);
      await anything.delete(key);
      expect(await anything.get(key)).toBeUndefined();
    }),
  );

  it.each(['', '.', '..', 'a||b', 'a\n', '\ud800', 'x'.repeat(513)])('refuses the key %j', (key) =>
    run(async () => {
      await expect(anything.get(key)).rejects.toThrow("of state store 'anything'");
      await expect(anything.set(key, 1)).rejects.toThrow("of state store 'anything'");
    }),
  );

  it('refuses a value that does not fit, and takes one that no longer fits for missing', () =>
    run(async () => {
      await expect(tasks.set('t1', { titel: 'One' } as never)).rejects.toThrow(
        "the value of 't1' does not fit state store 'tasks': value must have required property 'title'",
      );
      const Older = stateClient(defineStateStore({ name: 'tasks', description: 'As it was.' }));
      await Older.set('t1', { titel: 'One' });
      expect(await tasks.get('t1')).toBeUndefined();
      expect((await tasks.getAll(['t1'])).size).toBe(0);
    }));

  it('refuses undefined, which JSON does not have', () =>
    run(async () => {
      await expect(anything.set('k', undefined)).rejects.toThrow('use null or delete');
    }));

  it('tells a store that cannot be reached from a conflict', () =>
    run(async () => {
      await tasks.set('t1', { title: 'One' });
      state.reachable = false;
      const calls = [
        () => tasks.get('t1'),
        () => tasks.getAll(['t1']),
        () => tasks.set('t1', { title: 'Two' }),
        () => tasks.set('t1', { title: 'Two' }, { etag: '1' }),
        () => tasks.set('t1', { title: 'Two' }, { onlyNew: true }),
        () => tasks.delete('t1', { etag: '1' }),
      ];
      for (const call of calls) {
        await expect(call()).rejects.toThrow(DependencyUnavailableError);
      }
      state.reachable = true;
      expect((await tasks.get('t1'))!.value).toEqual({ title: 'One' });
    }));

  it('says that the app has not declared a store', () =>
    run(async () => {
      const other = stateClient(defineStateStore({ name: 'other', description: 'Other.' }));
      await expect(other.get('k')).rejects.toThrow("list it under 'state' of the manifest");
    }));

  it('asks for a restart of a sidecar without the store when something is written, not for reads', async () => {
    let asked = 0;
    const notLoaded = () => {
      asked++;
    };
    const scope = { ...state.scope, notLoaded };
    await inAppScope(scope, async () => {
      const other = stateClient(defineStateStore({ name: 'other', description: 'Other.' }));
      await expect(other.get('k')).rejects.toThrow(DependencyUnavailableError);
      await expect(other.getAll(['k'])).rejects.toThrow(DependencyUnavailableError);
      expect(asked).toBe(0);
      await expect(other.set('k', 1)).rejects.toThrow(DependencyUnavailableError);
      expect(asked).toBe(1);
    });
  });

  it('leaves a store alone that has failed several times', async () => {
    let asked = 0;
    const send = () => Promise.reject(new Error(`asked ${++asked} times`));
    await inAppScope({ ...state.scope, pause: 60_000, send }, async () => {
      const client = stateClient(Anything);
      for (let time = 0; time < 5; time++) {
        await expect(client.get('k')).rejects.toThrow(DependencyUnavailableError);
      }
    });
    expect(asked).toBe(3);
  });

  it.each([
    [() => stateClient(Tasks, { timeout: 0 }), 'timeout (0) must be 1 to 60000 milliseconds'],
    [() => stateClient(Tasks, { timeout: NaN }), 'timeout (NaN) must be'],
  ])('refuses options that are not valid', (make, problem) => {
    expect(make).toThrow(problem);
  });

  it('refuses an ETag together with onlyNew, and an invalid TTL', () =>
    run(async () => {
      const value = { title: 'One' };
      await expect(tasks.set('k', value, { etag: '1', onlyNew: true })).rejects.toThrow(
        'contradict',
      );
      await expect(tasks.set('k', value, { ttl: { seconds: -1 } })).rejects.toThrow(
        'ttl (-1 seconds)',
      );
    }));
});
