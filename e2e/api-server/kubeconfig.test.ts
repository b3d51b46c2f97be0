import { describe, expect, it } from 'vitest';
import { readKubeconfig, writeKubeconfig } from './kubeconfig.ts';

const ACCESS = { port: 6443, token: 'a-token' };

describe('kubeconfig', () => {
  it('says how to get to the server', () => {
    expect(readKubeconfig(writeKubeconfig(ACCESS))).toEqual(ACCESS);
    expect(readKubeconfig(writeKubeconfig(ACCESS), 'e2e')).toEqual(ACCESS);
  });

  it('names the contexts that there are', () => {
    expect(() => readKubeconfig(writeKubeconfig(ACCESS), 'kind-kind')).toThrow(
      "the kubeconfig has no context 'kind-kind': it has 'e2e'",
    );
  });

  it('refuses servers that are not of these tests', () => {
    const elsewhere = writeKubeconfig(ACCESS).replace('127.0.0.1', 'production.example.com');
    expect(() => readKubeconfig(elsewhere)).toThrow(
      "the server 'https://production.example.com:6443' is not one of these tests",
    );
  });
});
