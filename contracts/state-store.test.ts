import { describe, expect, expectTypeOf, it } from 'vitest';
import { defineApp, manifestProblems } from './app-manifest.ts';
import { defineStateStore, type StateValue } from './state-store.ts';
import { secondsOf } from './time-span.ts';

const TaskCache = defineStateStore({
  name: 'task-cache',
  description: 'Tasks, by their id.',
  ttl: { minutes: 10, seconds: 5 },
  schema: {
    type: 'object',
    required: ['title'],
    properties: { title: { type: 'string' }, done: { type: 'boolean' } },
  },
});

function refusal(change: object): string {
  try {
    defineStateStore({ ...TaskCache, ...change });
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('defineStateStore', () => {
  it('returns frozen data', () => {
    expect(Object.isFrozen(TaskCache)).toBe(true);
    expect(secondsOf(TaskCache.ttl!)).toBe(605);
  });

  it('gives values the type of the schema', () => {
    expectTypeOf<StateValue<typeof TaskCache>>().toEqualTypeOf<{
      title: string;
      done?: boolean;
    }>();
    const Any = defineStateStore({ name: 'any', description: 'Anything.' });
    expectTypeOf<StateValue<typeof Any>>().toBeUnknown();
    const Text = defineStateStore({ name: 'text', description: 'A.', schema: { type: 'string' } });
    expectTypeOf<StateValue<typeof Text>>().toBeString();
    expect([Any.schema, Text.schema]).toEqual([undefined, { type: 'string' }]);
  });

  it('lists every problem', () => {
    const problems = refusal({
      name: 'Task_Cache',
      description: 3,
      ttl: { minutes: 0 },
      schema: { type: 'text' },
      tll: 1,
    });
    expect(problems).toBe(
      [
        "state store 'Task_Cache' is not valid [EP2014]:",
        "'tll' is not known: did you mean 'ttl'?",
        "name 'Task_Cache' is not a DNS label: use at most 63 of a-z, 0-9 and '-', starting with a letter",
        'description (3) must be a string',
        'ttl (0 seconds) must be a whole number of seconds from 1 to 31622400, e.g. { minutes: 10 }',
        "#/type ('text') must be one of string, integer, number, boolean, object, array, null",
      ].join('\n- '),
    );
  });

  it.each([
    [{ ttl: 10 }, 'ttl (10) must be a time span, e.g. { minutes: 10 }'],
    [{ ttl: { weeks: 1 } }, 'must be a time span'],
    [{ ttl: { seconds: 0.5 } }, 'ttl (0.5 seconds) must be a whole number'],
    [{ schema: 'string' }, "schema ('string') must be a JSON Schema, e.g. { type: 'string' }"],
    [{ name: 'a'.repeat(64) }, 'is not a DNS label'],
  ])('refuses %o', (change, problem) => {
    expect(refusal(change)).toContain(problem);
  });
});

describe('the state of a manifest', () => {
  const app = { appId: 'tasks', description: 'Tasks.', port: 8080 };

  it('names stores', () => {
    expect(defineApp({ ...app, state: [TaskCache] }).state).toEqual([TaskCache]);
  });

  it('names each store once', () => {
    expect(manifestProblems({ ...app, state: [TaskCache, TaskCache] })).toEqual([
      "state lists 'task-cache' twice: keep one, or give one another name",
    ]);
  });

  it('refuses what is not a store', () => {
    expect(manifestProblems({ ...app, state: ['task-cache'] as never })).toEqual([
      "state[0] ('task-cache') must be a state store: use defineStateStore",
    ]);
  });
});
