import { expect, it } from 'vitest';
import { INTERFACE, interfaceProblem } from './interface-version.ts';

it('accepts manifests of the same interface, of the one before, and without a number', () => {
  expect(interfaceProblem(String(INTERFACE))).toBeUndefined();
  expect(interfaceProblem('4', 5)).toBeUndefined();
  expect(interfaceProblem(undefined)).toBeUndefined();
});

it('says which side is old', () => {
  expect(interfaceProblem('6', 5)).toMatch(
    /^the image is older than its manifest: it knows interface 5, and the manifest was rendered for 6: build/,
  );
  expect(interfaceProblem('3', 5)).toMatch(
    /^the manifest is older than its image: it was rendered for interface 3, and the image accepts 4 and 5: render/,
  );
});

it.each(['', '0', '1.5', 'one', '-1', '99999999999'])(
  'rejects %o, which is not a number',
  (given) => {
    expect(interfaceProblem(given)).toBe(
      `interface '${given}' of the manifest is not a number: render it again`,
    );
  },
);
