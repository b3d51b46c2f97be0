import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  contractProblems,
  defineEvent,
  type EventContract,
  type EventSchema,
} from './event-contract.ts';
import { deadLetterTopic } from './interface/names.ts';

const TaskCreated = defineEvent({
  type: 'com.example.task.created',
  version: '1.0.0',
  topic: 'task-created',
  key: 'task_id',
  description: 'A task has been created.',
  schema: {
    type: 'object',
    required: ['task_id'],
    properties: {
      task_id: { type: 'string', maxLength: 64 },
      title: { type: 'string', maxLength: 64 },
    },
  },
});

const problemsOf = (change: Partial<EventContract>) =>
  contractProblems({ ...TaskCreated, ...change });

const topicCharacters = fc.stringMatching(/^[a-z0-9]([a-z0-9._-]{0,148}[a-z0-9])?$/);

describe('topics', () => {
  it('are accepted when they are portable', () => {
    fc.assert(
      fc.property(topicCharacters, (topic) => {
        fc.pre(!topic.endsWith('.dlq'));
        expect(problemsOf({ topic })).toEqual([]);
      }),
    );
  });

  it('leave room for the dead letters of the longest app id', () => {
    fc.assert(
      fc.property(topicCharacters, fc.stringMatching(/^[a-z]{1,58}$/), (topic, appId) => {
        expect(deadLetterTopic(topic, appId).length).toBeLessThanOrEqual(249);
      }),
    );
  });

  it('have at most 150 characters', () => {
    expect(problemsOf({ topic: 'a'.repeat(150) })).toEqual([]);
    expect(problemsOf({ topic: 'a'.repeat(151) })).toEqual([
      `topic '${'a'.repeat(151)}' is not a portable topic name: use at most 150 of a-z, 0-9, '.', '_' and '-', with a letter or digit at both ends`,
    ]);
  });

  it.each(['', '.', '..', '-a', 'a-', '_a', 'a_', 'A', 'a b', 'a/b', 'a\n', 'ä'])(
    'are refused with value and remedy: %j',
    (topic) => {
      expect(problemsOf({ topic })).toEqual([
        `topic '${topic}' is not a portable topic name: use at most 150 of a-z, 0-9, '.', '_' and '-', with a letter or digit at both ends`,
      ]);
    },
  );

  it('do not look like dead letters', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{1,20}$/),
        fc.stringMatching(/^[a-z]{1,20}$/),
        (a, b) => {
          const topic = deadLetterTopic(a, b);
          expect(problemsOf({ topic })).toEqual([
            `topic '${topic}' ends in '.dlq', which names dead-letter topics: choose another name`,
          ]);
        },
      ),
    );
  });
});

describe('types', () => {
  it('are accepted from three parts on', () => {
    const part = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
    fc.assert(
      fc.property(fc.array(part, { minLength: 3, maxLength: 6 }), (parts) => {
        expect(problemsOf({ type: parts.join('.') })).toEqual([]);
      }),
    );
  });

  it('hold no character that ends the string of a route', () => {
    fc.assert(
      fc.property(fc.string(), (suffix) => {
        fc.pre(problemsOf({ type: `com.example.${suffix}` }).length === 0);
        expect(suffix).toMatch(/^[a-z0-9.-]+$/);
      }),
    );
  });

  it.each([
    '',
    'created',
    'task.created',
    'com.Example.created',
    'com..created',
    '1.2.3',
    'a.b.c.',
  ])('are refused with value and remedy: %j', (type) => {
    expect(problemsOf({ type })).toEqual([
      `type '${type}' is not reverse-DNS in lower case: use three or more parts such as 'com.myapp.task.created'`,
    ]);
  });
});

describe('versions', () => {
  it('are three numbers', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.nat(), (major, minor, patch) => {
        expect(problemsOf({ version: `${major}.${minor}.${patch}` })).toEqual([]);
      }),
    );
  });

  it.each(['', '1', '1.0', 'v1.0.0', '1.0.0-beta', '1.0.0.0'])(
    'are refused with value and remedy: %j',
    (version) => {
      expect(problemsOf({ version })).toEqual([
        `version '${version}' is not major.minor.patch: use e.g. '1.0.0'`,
      ]);
    },
  );
});

describe('keys and schemas', () => {
  it('refuse a key that the schema does not have, and name those it has', () => {
    expect(problemsOf({ key: 'id' })).toEqual([
      "key 'id' is not a property of the schema: use one of task_id, title",
    ]);
  });

  it('refuse a key that events may leave out', () => {
    const remedy =
      "key 'title' is optional in the schema: list it under 'required', or events without it lose their order";
    expect(problemsOf({ key: 'title' })).toEqual([remedy]);
    const { type, properties } = TaskCreated.schema;
    expect(problemsOf({ key: 'title', schema: { type, properties } })).toEqual([remedy]);
  });

  it.each([
    [7, 'key (7) must be a string'],
    [['id', 7], 'key[1] (7) must be a string'],
    [['id'], "key is a list of one property: use key: 'id'"],
    [['id', 'other'], "key 'other' is not a property of the schema"],
  ])('refuse the key %j', (key, message) => {
    const schema = {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string', maxLength: 9 } },
    };
    const contract = { ...{ type: 'com.example.a', version: '1.0.0', topic: 'a', key } };
    const define = defineEvent as (contract: unknown) => unknown;
    expect(() => define({ ...contract, description: 'A.', schema })).toThrow(message);
  });

  it('refuse data that is no object', () => {
    const schema: unknown = { ...(TaskCreated.schema as object), type: 'array' };
    expect(problemsOf({ schema: schema as EventSchema })).toEqual([
      "schema is of type 'array': data must be an object",
    ]);
  });
});

it('defineEvent names the contract, and every problem on a line of its own', () => {
  // The compiler need not look into a schema that is wrong on purpose.
  const define = defineEvent as (contract: unknown) => unknown;
  expect(() => define({ ...TaskCreated, version: '1', key: 'id' })).toThrow(
    new Error(
      "event contract 'com.example.task.created' is not valid [EP2001]:\n" +
        "- version '1' is not major.minor.patch: use e.g. '1.0.0'\n" +
        "- key 'id' is not a property of the schema: use one of task_id, title",
    ),
  );
});
