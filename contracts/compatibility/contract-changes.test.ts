import { describe, expect, it } from 'vitest';
import { contractDifferences } from '../contract-differences.ts';
import { defineEvent, type EventContract, type EventSchema } from '../event-contract.ts';
import { consumerProblems, versionProblems } from './contract-changes.ts';
import { lockedContract, type LockedVersions } from './locked-contract.ts';

const ID = { type: 'string', maxLength: 64 };

/** A version of a contract, with properties beside its key. */
function version(
  name: string,
  properties: object = {},
  more: Partial<EventContract> & { readonly required?: readonly string[] } = {},
): EventContract {
  const { required = [], ...rest } = more;
  const schema: unknown = {
    type: 'object',
    required: ['id', ...required],
    properties: { id: ID, ...properties },
  };
  const contract: EventContract = {
    ...{ type: 'com.example.order.placed', version: name, topic: 'orders', key: 'id' },
    description: 'An order is placed.',
    schema: schema as EventSchema,
    ...rest,
  };
  // The compiler need not look into a schema that is put together.
  const define = defineEvent as (contract: unknown) => unknown;
  return define(contract) as EventContract;
}

function locked(...contracts: EventContract[]): LockedVersions {
  return Object.fromEntries(contracts.map((each) => [each.version, lockedContract(each)]));
}

const consumers = ['mailer', 'shipping'];
const problemsOf = (known: LockedVersions, ...declared: EventContract[]) =>
  [
    ...versionProblems(
      declared.map((contract) => ({ contract, consumers })),
      known,
    ).values(),
  ].flat();

const NOTE = { type: 'string', maxLength: 100 };
const V1 = version('1.0.0', { note: NOTE });

describe('a key', () => {
  const parts = { required: ['tenant', 'env'] };
  const keyed = (name: string, key: EventContract['key']) =>
    version(
      name,
      { tenant: { type: 'string', maxLength: 30 }, env: { enum: ['a', 'b'] } },
      { ...parts, key },
    );
  const before = keyed('1.0.0', ['tenant', 'env']);

  it('of the same properties stays', () => {
    const same = keyed('1.1.0', ['tenant', 'env']);
    expect(problemsOf(locked(before), same)).toEqual([]);
    expect(contractDifferences(before, { ...same, version: '1.0.0' })).toEqual([]);
  });

  it.each([
    [['env', 'tenant'], "['env', 'tenant']"],
    [['tenant', 'id'], "['tenant', 'id']"],
    ['tenant', "'tenant'"],
  ])('that becomes %j needs the next major version', (key, shown) => {
    const changed = keyed('1.1.0', key);
    expect(problemsOf(locked(before), changed)).toContain(
      `event 'com.example.order.placed' 1.1.0 changes key (${shown}, and ['tenant', 'env']) of 1.0.0: within a major it stays, use 2.0.0 on a new topic [EP2008]`,
    );
    expect(contractDifferences(changed, before)).toContain(`key (${shown} and ['tenant', 'env'])`);
  });
});

describe('a change', () => {
  it('is accepted when the contract is new, or adds an optional property', () => {
    expect(problemsOf({}, V1)).toEqual([]);
    expect(problemsOf(locked(V1), version('1.1.0', { note: NOTE, size: ID }))).toEqual([]);
  });

  it('names version, direction, field with both values, consumers and remedy', () => {
    const longer = version('1.1.0', { note: { ...NOTE, maxLength: 200 } });
    expect(problemsOf(locked(V1), longer)).toEqual([
      "event 'com.example.order.placed' 1.1.0 is not forward compatible with 1.0.0: consumers of 1.0.0 ('mailer', 'shipping') would reject data of 1.1.0, in which $.note may have 200 characters, and must have at most 100: change the schema so that both accept it, or use 2.0.0 on a new topic and upcast 1.x [EP2008]",
    ]);
    const required = version('1.1.0', { note: NOTE }, { required: ['note'] });
    expect(problemsOf(locked(V1), required)).toEqual([
      "event 'com.example.order.placed' 1.1.0 is not backward compatible with 1.0.0: consumers of 1.1.0 ('mailer', 'shipping') would reject data of 1.0.0, in which $.note may be missing, and is required: change the schema so that both accept it, or use 2.0.0 on a new topic and upcast 1.x [EP2008]",
    ]);
  });

  it.each([
    ['none', 'longer', 0],
    ['none', 'shorter', 0],
    ['backward', 'longer', 0],
    ['backward', 'shorter', 1],
    ['forward', 'longer', 1],
    ['forward', 'shorter', 0],
    ['full', 'longer', 1],
    ['full', 'shorter', 1],
  ] as const)('of mode %s that makes a text %s has %d problems', (compatibility, change, count) => {
    const maxLength = change === 'longer' ? 200 : 50;
    const next = version('1.1.0', { note: { ...NOTE, maxLength } }, { compatibility });
    expect(problemsOf(locked(V1), next)).toHaveLength(count);
  });

  it.each([
    ['backward', []],
    ['backward-transitive', ['backward compatible with 1.0.0']],
    ['full', []],
    ['full-transitive', ['backward compatible with 1.0.0']],
  ] as const)(
    'of mode %s is compared with the versions that it must be',
    (compatibility, found) => {
      // The property was there, was removed, and comes with another type: nobody sees it between two neighbours.
      const known = locked(V1, version('1.1.0'));
      const next = version('1.2.0', { note: { type: 'boolean' } }, { compatibility });
      const messages = problemsOf(known, next);
      expect(messages.filter((message) => message.includes('backward'))).toEqual(
        found.map((text) => expect.stringContaining(text) as string),
      );
    },
  );

  it('of a closed object cannot add a property under full', () => {
    const closed = (contract: EventContract): EventContract => ({
      ...contract,
      schema: { ...(contract.schema as object), additionalProperties: false } as EventSchema,
    });
    const next = closed(version('1.1.0', { note: NOTE, size: ID }));
    expect(problemsOf(locked(closed(V1)), next)).toEqual([
      expect.stringContaining('$.size may be there, and is not accepted') as string,
    ]);
    expect(problemsOf(locked(closed(V1)), { ...next, compatibility: 'backward' })).toEqual([]);
  });

  it('of policy strict must not add a property that old data may hold undeclared', () => {
    const next = (policy: 'strict' | 'lenient') =>
      version('1.1.0', { note: NOTE, size: ID }, { compatibility: { mode: 'backward', policy } });
    expect(problemsOf(locked(V1), next('lenient'))).toEqual([]);
    expect(problemsOf(locked(V1), next('strict'))).toEqual([
      expect.stringContaining('$.size may be of type null or boolean') as string,
    ]);
  });

  it('of topic, key or order needs a new major', () => {
    const moved = { topic: 'other', key: 'note', ordered: true };
    const next = version(
      '1.1.0',
      { note: NOTE },
      { ...moved, required: ['note'], compatibility: 'none' },
    );
    expect(problemsOf(locked(V1), next)).toEqual([
      "event 'com.example.order.placed' 1.1.0 changes topic ('other', and 'orders') of 1.0.0: within a major it stays, use 2.0.0 on a new topic [EP2008]",
      "event 'com.example.order.placed' 1.1.0 changes key ('note', and 'id') of 1.0.0: within a major it stays, use 2.0.0 on a new topic [EP2008]",
      "event 'com.example.order.placed' 1.1.0 changes ordered (true, and false) of 1.0.0: within a major it stays, use 2.0.0 on a new topic [EP2008]",
      "event 'com.example.order.placed' 1.1.0 changes subject ('note', and 'id') of 1.0.0: within a major it stays, use 2.0.0 on a new topic [EP2008]",
    ]);
    expect(problemsOf(locked(V1), version('2.0.0', {}, { topic: 'other' }))).toEqual([]);
  });
});

describe('a version', () => {
  it('must be a higher one when the schema is another', () => {
    const known = locked(V1, version('1.4.0', { note: NOTE, size: ID }));
    expect(problemsOf(known, version('1.0.0', { note: ID }))).toEqual([
      "event 'com.example.order.placed' 1.0.0 has another schema than the one that is locked as 1.0.0 (at #/properties/note/maxLength): a changed schema needs a higher version, use 1.5.0 [EP2009]",
    ]);
  });

  it('may be an earlier one that is locked, since another team lags behind', () => {
    const known = locked(V1, version('1.1.0', { note: NOTE, size: ID }));
    expect(problemsOf(known, V1)).toEqual([]);
  });

  it('must be known when it is lower than a locked one', () => {
    expect(problemsOf(locked(V1, version('1.2.0', { note: NOTE })), version('1.1.0'))).toEqual([
      "event 'com.example.order.placed' 1.1.0 is unknown: it is lower than 1.2.0, and not among the locked versions (1.0.0, 1.2.0): use one of these, or 1.3.0 for a change [EP2009]",
    ]);
    expect(problemsOf(locked(version('2.0.0')), V1)).toEqual([
      expect.stringContaining('1.0.0 is unknown: it is lower than 2.0.0') as string,
    ]);
  });

  it('of an older major may follow while a newer major is there', () => {
    const known = locked(V1, version('2.0.0', {}, { topic: 'orders-2' }));
    expect(problemsOf(known, version('1.1.0', { note: NOTE, size: ID }))).toEqual([]);
  });

  it('is compared with others that are declared, too, and not locked yet', () => {
    const next = version('1.1.0', { note: { ...NOTE, maxLength: 200 } });
    expect(problemsOf({}, next, V1)).toHaveLength(1);
  });
});

it('a consumer must accept what is published, strictly when one of both says so', () => {
  const more = version('1.1.0', { note: NOTE, size: ID });
  expect(consumerProblems(V1, more)).toEqual([]);
  const strict = version(
    '1.2.0',
    { note: NOTE, size: ID },
    { compatibility: { policy: 'strict' } },
  );
  expect(consumerProblems(V1, strict)).not.toEqual([]);
  expect(consumerProblems(version('1.3.0', { note: { ...NOTE, maxLength: 101 } }), V1)).toEqual([
    { path: '$.note', problem: 'may have 101 characters, and must have at most 100' },
  ]);
});

it('the option is checked', () => {
  const define = (compatibility: unknown) => () =>
    version('1.0.0', {}, { compatibility: compatibility as 'full' });
  expect(define('sideways')).toThrow(
    "compatibility ('sideways') must be 'none' or 'backward' or 'backward-transitive'",
  );
  expect(define({ mode: 'full', polices: 'strict' })).toThrow("did you mean 'policy'?");
  expect(define({ policy: 'strict' })).not.toThrow();
});
