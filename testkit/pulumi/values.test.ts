import { describe, expect, it } from 'vitest';
import { decode, encode, hasSecret, keepSecrets, reveal, Secret } from './values.ts';

describe('values on the wire', () => {
  it('come back as they were sent, with their secrets', () => {
    const properties = {
      text: 'a',
      number: 1.5,
      flag: false,
      nothing: null,
      list: [{ password: new Secret({ deep: 'b' }) }, []],
    };
    expect(decode(encode(properties))).toEqual(properties);
  });

  it('leave out what has no value', () => {
    const absent = undefined as unknown as null;
    expect(decode(encode({ absent, given: { absent } }))).toEqual({ given: {} });
  });
});

describe('reveal', () => {
  it('removes every mark', () => {
    const value = { list: [new Secret({ inner: new Secret('a') })], plain: 1 };
    expect(hasSecret(value)).toBe(true);
    expect(reveal(value)).toEqual({ list: [{ inner: 'a' }], plain: 1 });
    expect(hasSecret({ plain: [1, { a: null }] })).toBe(false);
  });
});

describe('keepSecrets', () => {
  it('marks the places of an answer that were secret in the question', () => {
    const given = { data: { url: new Secret('a'), level: 'info' }, name: 'c' };
    expect(keepSecrets({ data: { url: 'a', level: 'info' }, name: 'c', uid: '1' }, given)).toEqual({
      data: { url: new Secret('a'), level: 'info' },
      name: 'c',
      uid: '1',
    });
  });

  it('makes a whole array secret: its items may have changed places', () => {
    const given = {
      env: [
        { name: 'A', value: 'a' },
        { name: 'B', value: new Secret('b') },
      ],
    };
    const answer = [{ name: 'B', value: 'b' }];
    expect(keepSecrets({ env: answer }, given)).toEqual({ env: new Secret(answer) });
  });

  it('leaves what the provider has marked itself', () => {
    const data = new Secret({ a: 'b' });
    expect(keepSecrets({ data }, { data: { a: new Secret('b') } })).toEqual({ data });
  });
});
