import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventSchema } from '../event-contract.ts';
import { type ContractLock, lockText, parseLock } from './lock-file.ts';
import type { LockedContract } from './locked-contract.ts';

const schema = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } };
const entry = (change: Partial<LockedContract> = {}): LockedContract => ({
  ...{ topic: 'orders', key: 'id', ordered: false, compatibility: 'full', policy: 'lenient' },
  schema: schema as unknown as EventSchema,
  ...change,
});
const LOCK: ContractLock = {
  'com.example.b': { '1.10.0': entry(), '1.9.0': entry({ ordered: true }) },
  'com.example.a': { '1.0.0': entry() },
};
const parse = (text: string) => parseLock(text, 'contracts.lock.json');

describe('the text of a lock', () => {
  it('is what it was read from', () => {
    expect(parse(lockText(LOCK))).toEqual(LOCK);
  });

  it('has the properties of a composite key in their order', () => {
    const lock = { 'com.example.a': { '1.0.0': entry({ key: ['tenant', 'env'] }) } };
    expect(parse(lockText(lock))).toEqual(lock);
    expect(() => parse(lockText(lock).replace('"tenant",', '"region",'))).toThrow('edited by hand');
    const other = { 'com.example.a': { '1.0.0': entry({ key: ['env', 'tenant'] }) } };
    expect(lockText(other)).not.toBe(lockText(lock));
  });

  it('orders types, versions and the names in schemas', () => {
    const text = lockText(LOCK);
    expect(text.indexOf('com.example.a')).toBeLessThan(text.indexOf('com.example.b'));
    expect(text.indexOf('1.9.0')).toBeLessThan(text.indexOf('1.10.0'));
    const reordered = { properties: schema.properties, required: schema.required, type: 'object' };
    const same = {
      'com.example.a': { '1.0.0': entry({ schema: reordered as unknown as EventSchema }) },
    };
    expect(lockText(same)).toBe(lockText({ 'com.example.a': { '1.0.0': entry() } }));
  });
});

describe('a lock is refused', () => {
  const text = lockText(LOCK);

  it.each([
    ['"topic": "orders"', '"topic": "other"'],
    ['"ordered": true', '"ordered": false'],
    ['"1.9.0"', '"1.8.0"'],
    ['"com.example.a"', '"com.example.c"'],
    ['"type": "string"', '"type": "integer"'],
    ['"sha256-', '"sha256-0'],
  ])('when %s was edited to %s', (before, after) => {
    expect(() => parse(text.replace(before, after))).toThrow(
      /^contracts\.lock\.json: 1\.\d+\.0 of 'com\.example\.\w' was edited by hand: restore it from version control, and run event-platform contracts; a change belongs into the contract$/,
    );
  });

  it('whatever character of an entry is another one', () => {
    const values = [...text.matchAll(/: (?:"[^"]*"|\w+)/g)].map((match) => match.index + 3);
    fc.assert(
      fc.property(fc.constantFrom(...values), (index) => {
        const other = text[index] === '8' ? '9' : '8';
        expect(() => parse(text.slice(0, index) + other + text.slice(index + 1))).toThrow(
          /^contracts\.lock\.json/,
        );
      }),
    );
  });

  it.each([
    ['', /is not JSON \(.*\): restore it/],
    ['{', /is not JSON/],
    ['[]', /has lockfileVersion \(undefined\) and must have 1/],
    ['{"contracts":{}}', /has lockfileVersion \(undefined\) and must have 1: restore it/],
    ['{"lockfileVersion":2,"contracts":{}}', /a newer version has written it, update the packages/],
    ['{"lockfileVersion":1,"contracts":[]}', /contracts \(a list of 0\) must be an object/],
    ['{"lockfileVersion":1,"contracts":{},"more":1}', /'more' is not known/],
    [
      '{"lockfileVersion":1,"contracts":{"a.b.c":{"1.0.0":{"topic":1}}}}',
      /contracts\.a\.b\.c\.1\.0\.0\.topic \(1\) must be a string/,
    ],
    [
      `<<<<<<< ours\n${text}=======\n${text}>>>>>>> theirs\n`,
      /has the marker of a merge conflict in line 1: take one side with git checkout/,
    ],
  ])('when it is %j', (content, message) => {
    expect(() => parse(content)).toThrow(message);
  });
});
