import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ERROR_CODES } from '../contracts/error-codes.ts';

const described = [
  ...readFileSync(new URL('errors.md', import.meta.url), 'utf8').matchAll(/^\| (EP\d{4}) \|/gm),
].map(([, code]) => code);

it('describes every code once, in order', () => {
  expect(described).toEqual(Object.keys(ERROR_CODES));
});
