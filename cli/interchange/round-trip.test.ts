import type { EventContract, EventSchema } from '@cdk8s-event-platform/contracts';
import { defineEvent } from '@cdk8s-event-platform/contracts';
import { wireSchema } from '@cdk8s-event-platform/contracts/internal';
import { asyncApi } from 'cdk8s-event-platform';
import fc from 'fast-check';
import { dump } from 'js-yaml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PLATFORMS } from '../../charts/systems.ts';
import { OrderPlaced, TestPlatform } from '../../constructs/testing/fixtures.ts';
import { exportedContracts } from './exported-contracts.ts';
import { importFile } from './import-file.ts';
import { TemporaryFolder } from './testing/temporary-folder.ts';

const NOTHING_GIVEN = { messages: [], given: { type: [], topic: [], key: [], version: [] } };

let folder: TemporaryFolder;
beforeEach(() => {
  folder = new TemporaryFolder();
});
afterEach(() => folder.remove());

/** Contracts in one order: an import has those of a topic together. */
function byType<Contract extends { readonly type: string }>(
  contracts: readonly Contract[],
): readonly Contract[] {
  return [...contracts].sort((a, b) => (a.type < b.type ? -1 : 1));
}

/** What an import makes of the AsyncAPI of a platform with these contracts. */
function thereAndBack(...contracts: readonly EventContract[]) {
  const { platform, pubSub } = new TestPlatform();
  for (const contract of contracts) {
    pubSub.topicOf(contract);
  }
  folder.write('events.yaml', dump(asyncApi(platform), { noRefs: true }));
  return importFile('events.yaml', NOTHING_GIVEN);
}

function contractOf(schema: object): EventContract {
  return defineEvent({
    ...{ type: 'com.example.thing.seen', version: '3.2.1', topic: 'things', key: 'id' },
    description: 'A thing was seen: "here", \\ and there.',
    schema: {
      ...schema,
      type: 'object',
      required: ['id'],
      properties: {
        id: { type: 'string', maxLength: 64 },
        ...(schema as { readonly properties?: object }).properties,
      },
    } as unknown as EventSchema,
  });
}

/** Every keyword that contracts may have, beside names of schemas. */
const SCHEMAS: Readonly<Record<string, object>> = {
  texts: {
    properties: { a: { type: 'string', minLength: 1, maxLength: 9, pattern: '^[^\\u0000]*$' } },
  },
  formats: {
    properties: {
      a: { type: 'string', format: 'date-time', formatMinimum: '2020-01-01T00:00:00Z' },
    },
  },
  numbers: {
    properties: {
      a: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1.5, multipleOf: 0.25 },
      b: { type: 'integer', minimum: -5, maximum: 5 },
    },
  },
  arrays: {
    properties: {
      a: { type: 'array', items: { type: 'boolean' }, minItems: 1, maxItems: 3, uniqueItems: true },
      b: { type: 'array', contains: { const: 1 } },
    },
  },
  tuples: {
    properties: {
      a: {
        type: 'array',
        items: [{ type: 'string' }, { type: 'null' }],
        additionalItems: false,
        minItems: 2,
        maxItems: 2,
      },
    },
  },
  objects: {
    additionalProperties: { type: 'string' },
    minProperties: 1,
    maxProperties: 9,
    patternProperties: { '^x_': { type: 'string' } },
    propertyNames: { pattern: '^[a-z_]+$' },
    dependencies: { a: ['id'], b: { properties: { c: {} } } },
  },
  values: { properties: { a: { enum: ['x', 1, null, { y: [true] }] }, b: { const: 'z' } } },
  choices: {
    properties: {
      a: { anyOf: [{ type: 'string' }, { type: 'boolean' }] },
      b: { oneOf: [{ type: 'string', maxLength: 1 }, { type: 'number' }] },
      c: { allOf: [{ type: 'string' }, { type: 'string', minLength: 2 }] },
      d: { type: 'string', not: { const: 'no' } },
      e: { type: ['string', 'null'] },
    },
  },
  conditions: {
    if: { properties: { a: { const: 1 } } },
    then: { properties: { b: { type: 'string' } }, required: ['b'] },
    else: { properties: { b: { type: 'number' } } },
  },
  annotations: {
    title: 'A thing',
    description: 'What was seen.',
    $comment: 'a comment',
    properties: {
      a: { type: 'string', title: 'A', default: 'x', examples: ['y', 'z'], readOnly: true },
      b: { type: 'string', writeOnly: true, contentEncoding: 'base64', contentMediaType: 'a/b' },
      c: { type: 'string', deprecated: true },
      d: true,
    },
  },
  definitions: {
    properties: {
      a: { $ref: '#/definitions/A' },
      b: { $ref: '#/definitions/b~1~0%20c' },
      c: { $ref: '#/$defs/D' },
      d: { $ref: '#/properties/e/items' },
      e: { type: 'array', items: { type: 'string' } },
    },
    definitions: {
      A: { type: 'array', items: { $ref: '#/definitions/A' } },
      'b/~ c': { type: 'null' },
    },
    $defs: { D: { type: 'object', properties: { self: { $ref: '#' } } } },
  },
  'names that mean something elsewhere': {
    properties: {
      type: { type: 'string' },
      specversion: { const: '1.0' },
      '"\'`${x}': { type: 'string' },
    },
  },
};

describe('a contract that is exported to AsyncAPI and imported', () => {
  it.each(PLATFORMS)('is the same: $folder', ({ declare }) => {
    const platform = declare();
    folder.write('events.json', asyncApi(platform));
    const { contracts, notes } = importFile('events.json', NOTHING_GIVEN);
    // Personal data are described as they are on the topic, and whom they are about is not said.
    // That one answers another, or is its priority, is not said of a message.
    const onTopics = exportedContracts([platform]).map((contract) => ({
      ...contract,
      ...{ reply: undefined, priorities: undefined, subject: undefined },
      schema: wireSchema(contract.schema),
    }));
    expect(byType(contracts)).toEqual(byType(onTopics));
    expect(notes).toEqual([]);
  });

  it.each(Object.entries(SCHEMAS))('is the same with %s', (_name, schema) => {
    const contract = contractOf(schema);
    expect(thereAndBack(contract)).toEqual({ contracts: [contract], notes: [] });
  });

  it('is the same whether order is asked for or not, beside others of its topic', () => {
    const [one, other] = [true, false].map((ordered, index) =>
      defineEvent({ ...OrderPlaced, type: `com.example.order.number-${index}`, ordered }),
    );
    expect(thereAndBack(OrderPlaced, one!, other!).contracts).toEqual([one, other, OrderPlaced]);
  });

  it('is the same whatever delivery it allows', () => {
    const contract = defineEvent({ ...OrderPlaced, delivery: 'at-most-once' });
    expect(thereAndBack(contract)).toEqual({ contracts: [contract], notes: [] });
  });

  it('is the same with a composite key', () => {
    const contract = defineEvent({
      ...contractOf({}),
      key: ['tenant', 'id'],
      schema: {
        type: 'object',
        required: ['tenant', 'id'],
        properties: {
          tenant: { type: 'string', maxLength: 60 },
          id: { type: 'string', maxLength: 64 },
        },
      },
    });
    expect(thereAndBack(contract)).toEqual({ contracts: [contract], notes: [] });
  });

  it('says by type what nullable says', () => {
    const contract = contractOf({ properties: { a: { type: 'string', nullable: true } } });
    const { contracts } = thereAndBack(contract);
    expect(contracts[0]!.schema.properties.a).toEqual({ type: ['string', 'null'] });
  });

  it('is the same whatever its schema is', () => {
    const { schema } = fc.letrec<{ schema: object }>((tie) => ({
      schema: fc.oneof(
        { maxDepth: 4, depthSize: 'small' },
        fc.constantFrom<object>(
          {},
          { type: 'boolean' },
          { type: 'null' },
          { enum: [1, 'a', null] },
        ),
        fc
          .record({ maxLength: fc.nat(), description: fc.string() }, { requiredKeys: [] })
          .map((rest) => ({ type: 'string', ...rest })),
        fc.integer().map((minimum) => ({ type: 'integer', minimum, maximum: 2 ** 53 - 1 })),
        fc
          .dictionary(fc.string({ maxLength: 8 }), tie('schema'), {
            maxKeys: 4,
            noNullPrototype: true,
          })
          .map((properties) => ({
            type: 'object',
            properties,
            required: Object.keys(properties).slice(1),
          })),
        tie('schema').map((items) => ({ type: 'array', items })),
        fc.array(tie('schema'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
        fc.constantFrom('A', 'B').map((name) => ({ $ref: `#/definitions/${name}` })),
      ),
    }));
    fc.assert(
      fc.property(schema, schema, schema, (thing, a, b) => {
        // A definition that is a reference to itself describes nothing.
        const definitions = { A: { type: 'array', items: a }, B: { type: 'array', items: b } };
        const contract = contractOf({ properties: { thing }, definitions });
        expect(thereAndBack(contract)).toEqual({ contracts: [contract], notes: [] });
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});
