import { describe, expect, it } from 'vitest';
import { SecretValue } from 'cdk8s-event-platform';
import { makeSecret } from './make-secret.ts';

const reference = {
  name: 'login',
  keys: {
    url: SecretValue.template('user=${username} password=${password}'),
    username: SecretValue.literal('app'),
    password: SecretValue.random(),
  },
};

describe('makeSecret', () => {
  it('makes up passwords, and puts them where templates name them', () => {
    const { metadata, stringData } = makeSecret(reference, 'ns');
    expect(metadata).toEqual({ name: 'login', namespace: 'ns' });
    expect(stringData.password).toMatch(/^[A-Za-z0-9]{32}$/);
    expect(stringData.url).toBe(`user=app password=${stringData.password}`);
    expect(makeSecret(reference, 'ns').stringData.password).not.toBe(stringData.password);
  });

  it('takes what it is given', () => {
    const { stringData } = makeSecret(reference, 'ns', { 'login.password': 'secret' });
    expect(stringData.url).toBe('user=app password=secret');
  });

  it('asks for what only somebody else knows', () => {
    const external = {
      name: 'login',
      keys: { password: SecretValue.external('password of the server') },
    };
    expect(() => makeSecret(external, 'ns')).toThrow(
      /only you know are missing.*\n.*--set login\.password=… \(password of the server\)/,
    );
    expect(makeSecret(external, 'ns', { 'login.password': 'x' }).stringData).toEqual({
      password: 'x',
    });
  });
});
