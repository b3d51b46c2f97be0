import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { compositeKey, keyIn, keyName, keyParts } from './composite-key.ts';
import { defineEvent, type EventData } from './event-contract.ts';
import { eventKey } from './key-of-event.ts';

const text = { type: 'string', maxLength: 30 } as const;
const RouteActivated = defineEvent({
  type: 'com.example.route.activated',
  version: '1.0.0',
  topic: 'routes',
  key: ['tenant', 'service', 'env', 'version'],
  description: 'A route is active.',
  schema: {
    type: 'object',
    required: ['tenant', 'service', 'env', 'version'],
    additionalProperties: false,
    properties: {
      tenant: text,
      service: text,
      env: { type: 'string', enum: ['dev', 'prod'] },
      version: { type: 'integer', minimum: 0, maximum: 999 },
      target: text,
    },
  },
});
const route = { tenant: 'team-a', service: 'payments', env: 'prod', version: 2 } as const;

/** Texts that look like other parts: separators, escapes, digits, nothing at all. */
const part = fc.oneof(
  fc.string({ unit: fc.constantFrom(':', '%', '2', '5', '3', 'A', 'a', ''), maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.maxSafeInteger().map(String),
  fc.constant(''),
);
const parts = fc.array(part, { minLength: 1, maxLength: 5 });

describe('compositeKey', () => {
  it.each([
    [['team-a', 'payments', 'prod', 'v2'], 'team-a:payments:prod:v2'],
    [['a:b', 'c'], 'a%3Ab:c'],
    [['a', 'b:c'], 'a:b%3Ac'],
    [['a%3Ab', 'c'], 'a%253Ab:c'],
    [['', ''], ':'],
    [['100%', 7, -1], '100%25:7:-1'],
    [['größe', '\u{1F600}'], 'größe:\u{1F600}'],
    [['route'], 'route'],
  ])('joins %j', (list, key) => {
    expect(compositeKey(list)).toBe(key);
  });

  it('gives no two lists one key', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const keys = [one, other].map((list) => compositeKey(list.map((each) => each)));
        expect(keys[0] === keys[1]).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
      { numRuns: 2000 },
    );
  });

  it('can be read again', () => {
    fc.assert(
      fc.property(parts, (list) => {
        expect(keyParts(compositeKey(list))).toEqual(list);
      }),
    );
  });

  it('is the only text that is read as its parts', () => {
    fc.assert(
      fc.property(part, (key) => {
        const read = keyParts(key);
        expect(read === undefined ? key : compositeKey(read)).toBe(key);
      }),
    );
    expect(['100%', 'a%3ab', '%2525', 'a:%'].map(keyParts)).toEqual([
      undefined,
      undefined,
      ['%25'],
      undefined,
    ]);
  });

  it.each([
    [[], 'a composite key has no parts: give at least one string or integer'],
    [['a', 1.5], 'part 2 of a composite key (1.5) must be a string of whole characters'],
    [[NaN], 'part 1 of a composite key (null) must be'],
    [[2 ** 53], 'part 1 of a composite key (9007199254740992) must be'],
    [['a', undefined], 'part 2 of a composite key (undefined) must be'],
    [['\uD800'], 'part 1 of a composite key ("\\ud800") must be'],
  ])('refuses %j', (list, message) => {
    expect(() => compositeKey(list as string[])).toThrow(message);
  });
});

describe('eventKey', () => {
  it('is the text of one property', () => {
    const key = { ...RouteActivated, key: 'tenant' };
    expect(eventKey(key, { tenant: 'a:b%' })).toBe('a:b%');
    expect(eventKey({ ...key, key: 'version' }, route)).toBe('2');
  });

  it('is the composite key of several, in the order in which the contract names them', () => {
    expect(eventKey(RouteActivated, route)).toBe('team-a:payments:prod:2');
    expect(eventKey({ ...RouteActivated, key: ['env', 'tenant'] }, route)).toBe('prod:team-a');
    expect(eventKey(RouteActivated, { ...route, tenant: 'a:b', service: 'c' })).not.toBe(
      eventKey(RouteActivated, { ...route, tenant: 'a', service: 'b:c' }),
    );
  });

  it('names what data do not have', () => {
    expect(() => eventKey(RouteActivated, { tenant: 'a', service: 'b' })).toThrow(
      "the data have no string or integer 'env', 'version', and the key of 'com.example.route.activated' is tenant:service:env:version: give each property of the key",
    );
    expect(() => eventKey(RouteActivated, { ...route, env: null as never })).toThrow(/'env'/);
  });

  it('is unknown for data that do not have all of it', () => {
    expect(
      [undefined, null, 'team-a', [], {}, { ...route, env: true }, Object.create(route)].map(
        (data) => keyIn(RouteActivated, data),
      ),
    ).toEqual(Array.from({ length: 7 }));
  });

  it('keeps the types of data', () => {
    expectTypeOf<EventData<typeof RouteActivated>>().toEqualTypeOf<{
      tenant: string;
      service: string;
      env: 'dev' | 'prod';
      version: number;
      target?: string;
    }>();
    expect(Object.isFrozen(RouteActivated.key)).toBe(true);
    // @ts-expect-error -- a property of another type
    expect(eventKey(RouteActivated, { ...route, tenant: 1 })).toBe('1:payments:prod:2');
  });
});

it('a key in a message is its properties', () => {
  expect([keyName('id'), keyName(['tenant', 'a:b'])]).toEqual(['id', 'tenant:a%3Ab']);
});
