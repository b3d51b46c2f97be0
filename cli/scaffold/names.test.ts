import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { literal } from './layout.ts';
import { camelCase, isReserved, kebabCase, pascalCase } from './names.ts';

// A word of one letter, or a digit in front of a dash, leaves no trace in an identifier.
const word = fc.stringMatching(/^[a-z]{2,8}$/);

it('an identifier leads back to its name', () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      const name = words.join('-');
      expect(kebabCase(pascalCase(name))).toBe(name);
      expect(kebabCase(camelCase(name))).toBe(name);
    }),
  );
});

it.each([
  ['delete', true],
  ['static', true],
  ['case-closed', false],
  ['type', false],
  ['orders', false],
])('%s is reserved: %s', (name, expected) => {
  expect(isReserved(name)).toBe(expected);
});

it('a value is written as TypeScript that means the same', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      // What JSON cannot tell apart, and what an object literal means otherwise.
      fc.pre(!JSON.stringify(value).includes('__proto__'));
      const read: unknown = runInNewContext(`(${literal(value)})`);
      expect(JSON.stringify(read)).toBe(JSON.stringify(value));
    }),
  );
});
