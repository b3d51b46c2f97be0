import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  contractProblems,
  defineEvent,
  type EventContract,
  type EventData,
} from './event-contract.ts';
import { defineApp, manifestProblems } from './app-manifest.ts';
import { deadLetterTopic, eventRoute } from './interface/names.ts';

const contract = {
  type: 'com.example.thing.done',
  version: '1.0.0',
  topic: 'thing-done',
  key: 'id',
  description: 'A thing is done.',
  schema: {
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'string', maxLength: 64 },
      size: { type: 'integer', minimum: 0, maximum: 99 },
    },
  },
} as const;

describe('defineEvent', () => {
  it('gives the contract back, frozen', () => {
    const event = defineEvent(contract);
    expect(event).toEqual(contract);
    expect(Object.isFrozen(event)).toBe(true);
  });

  it('derives the type of data from the schema', () => {
    const event = defineEvent(contract);
    expectTypeOf(event).toExtend<EventContract<{ id: string; size?: number }>>();
    expectTypeOf<EventData<typeof event>>().toEqualTypeOf<{ id: string; size?: number }>();
  });

  it.each([
    [{ type: 'done' }, /type 'done' is not reverse-DNS.*com\.myapp\.task\.created/],
    [{ version: '1' }, /version '1' is not major\.minor\.patch: use e\.g\. '1\.0\.0'/],
    [{ topic: 'Thing Done' }, /topic 'Thing Done' is not a portable topic name: use/],
    [{ topic: 'thing.dlq' }, /topic 'thing\.dlq' ends in '\.dlq'.*choose another/],
    [{ key: 'nobody' }, /key 'nobody' is not a property of the schema: use one of id, size/],
    [{ key: 'size' }, /key 'size' is optional in the schema: list it under 'required'/],
  ])('refuses %o', (change, message) => {
    const define = defineEvent as (contract: unknown) => unknown;
    expect(() => define({ ...contract, ...change })).toThrow(message);
  });

  it('reports all problems together', () => {
    expect(contractProblems({ ...contract, type: 'x', version: 'y', key: 'z' })).toHaveLength(3);
  });

  it('accepts no topic that Kafka would refuse', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 260 }), (topic) => {
        fc.pre(contractProblems({ ...contract, topic }).length === 0);
        expect(deadLetterTopic(topic, 'a'.repeat(58))).toMatch(/^[a-zA-Z0-9._-]{1,249}$/);
      }),
    );
  });
});

describe('defineApp', () => {
  const image = { appId: 'thing-doer', description: 'Does things.', port: 8080 };

  it.each([
    [{ appId: 'Thing' }, /appId 'Thing' is not a DNS label: use/],
    [{ appId: 'a'.repeat(59) }, /has 59 characters.*at most 58/],
    [{ port: 80 }, /port 80 is not usable by a process without privileges: use 1024/],
    [{ port: 3500 }, /port 3500 belongs to the Dapr sidecar.*8080/],
    [{ port: 50_002 }, /port 50002 belongs to the Dapr sidecar/],
    [
      { subscribes: [defineEvent(contract), defineEvent(contract)] },
      /'com\.example\.thing\.done' twice in version 1: keep one/,
    ],
  ])('refuses %o', (change, message) => {
    expect(() => defineApp({ ...image, ...change })).toThrow(message);
  });

  it('has no problem with the longest app id', () => {
    expect(manifestProblems({ ...image, appId: 'a'.repeat(58) })).toEqual([]);
  });
});

it('names routes by type and dead letters by consumer', () => {
  expect(eventRoute(contract)).toBe('/events/com.example.thing.done');
  expect(deadLetterTopic('thing-done', 'thing-doer')).toBe('thing-done.thing-doer.dlq');
});
