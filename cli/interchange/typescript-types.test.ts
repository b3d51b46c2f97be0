import { defineEvent, type EventContract } from '@cdk8s-event-platform/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TaskCreated } from '../../app-images/tasks/events/index.ts';
import { OrderPlaced } from '../../constructs/testing/fixtures.ts';
import { eventsText } from './events-text.ts';
import { identifiersOf } from './identifiers.ts';
import { compilerErrors } from './testing/compiler-errors.ts';
import { TemporaryFolder } from './testing/temporary-folder.ts';
import { typescriptTypes } from './typescript-types.ts';

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

/** A contract with what types are made of. */
const ThingSeen = defineEvent({
  ...{ type: 'com.example.thing.seen', version: '1.2.3', topic: 'things', key: 'id' },
  description: 'A thing was seen */ here.',
  schema: {
    type: 'object',
    required: ['id', 'place'],
    additionalProperties: true,
    properties: {
      id: { type: 'string', maxLength: 64, description: 'Id */ of the thing.' },
      place: {
        type: 'object',
        required: ['x'],
        properties: { x: { type: 'number' }, name: { type: 'string' } },
        additionalProperties: false,
      },
      open: { type: 'object', required: ['a'], properties: { a: { type: 'boolean' } } },
      kind: { enum: ['small', 'large', 1, null] },
      list: { type: 'array', minItems: 1, maxItems: 3, items: { type: 'string' } },
      note: { type: 'string', nullable: true },
      either: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'boolean' } }] },
      'a-b': { const: 'c' },
    },
  },
});
/** The same definition in two contracts, one of which refers to itself. */
const ThingMoved = {
  ...ThingSeen,
  type: 'com.example.thing.moved',
  schema: {
    type: 'object',
    required: ['id'],
    properties: {
      id: { type: 'string', maxLength: 64 },
      parts: { $ref: '#/definitions/Part' },
    },
    definitions: {
      Part: {
        type: 'object',
        properties: { parts: { type: 'array', items: { $ref: '#/definitions/Part' } } },
      },
    },
  },
} as EventContract;
const ThingLost: EventContract = { ...ThingMoved, type: 'com.example.thing.lost' };

/** Says that two types can stand for each other. */
const SAME = `
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : 'less') : 'more';
`;

describe('types of an export', () => {
  it('are those that handlers of the contracts have', async () => {
    const contracts: readonly EventContract[] = [OrderPlaced, TaskCreated, ThingSeen];
    const names = identifiersOf(contracts.map(({ type }) => type));
    folder.write('types.ts', await typescriptTypes(contracts));
    folder.write('events.ts', eventsText(contracts, names));
    folder.write(
      'same.ts',
      `import type { EventData } from '@cdk8s-event-platform/contracts';
import type * as events from './events.ts';
import type * as types from './types.ts';
${SAME}
${[...names]
  .map(
    ([
      type,
      name,
    ]) => `export const is${name}: Same<types.${name}, EventData<typeof events.${name}>> = true;
export const of${name}: Same<types.EventsByType['${type}'], types.${name}> = true;`,
  )
  .join('\n')}
`,
    );
    expect(compilerErrors(folder.path, 'same.ts')).toEqual([]);
  });

  it('are compared by a check that sees a difference', async () => {
    folder.write('types.ts', await typescriptTypes([OrderPlaced]));
    const compare = (other: string) => {
      folder.write(
        'same.ts',
        `import type { OrderPlaced } from './types.ts';\n${SAME}export const is: Same<OrderPlaced, ${other}> = true;`,
      );
      return compilerErrors(folder.path, 'same.ts');
    };
    expect(compare('{ order_id: string; customer_id: string }')).toEqual([]);
    expect(compare('{ order_id?: string; customer_id: string }')).toHaveLength(1);
    expect(compare('{ customer_id: string }')).toHaveLength(1);
  });

  it('have names of their own where contracts have the same definitions', async () => {
    const text = await typescriptTypes([ThingMoved, ThingLost]);
    folder.write('types.ts', text);
    expect(compilerErrors(folder.path, 'types.ts')).toEqual([]);
    expect(text.match(/export interface \w+/g)).toEqual([
      'export interface EventsByType',
      'export interface ThingMoved',
      'export interface Part',
      'export interface ThingLost',
      'export interface Part1',
    ]);
  });

  it('are the same text for the same contracts', async () => {
    expect(await typescriptTypes([ThingMoved, ThingSeen])).toBe(
      await typescriptTypes([ThingMoved, ThingSeen]),
    );
  });

  it('have a name each for two major versions of an event', async () => {
    const text = await typescriptTypes([OrderPlaced, { ...OrderPlaced, version: '2.0.0' }]);
    expect(text).toContain("'com.example.order.placed': OrderPlaced;");
    expect(text).toContain("'com.example.order.placed.v2': OrderPlacedV2;");
  });

  it('are refused for two minor versions of an event', async () => {
    const other = { ...OrderPlaced, version: '1.1.0' };
    await expect(typescriptTypes([OrderPlaced, other])).rejects.toThrow(
      "environments have two minor versions of 'com.example.order.placed': name one environment",
    );
  });
});

describe('identifiersOf', () => {
  it('names what happened to what, with more of a type where it is needed', () => {
    expect([
      ...identifiersOf([
        'com.example.order.placed',
        'com.other.order.placed',
        'com.example.order-line.put-back',
        'com.example.promise',
      ]),
    ]).toEqual([
      ['com.example.order.placed', 'OrderPlaced'],
      ['com.other.order.placed', 'OtherOrderPlaced'],
      ['com.example.order-line.put-back', 'OrderLinePutBack'],
      ['com.example.promise', 'ExamplePromise'],
    ]);
  });
});
