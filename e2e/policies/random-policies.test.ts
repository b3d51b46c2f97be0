import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../testkit/random.ts';
import { randomWorld } from './random-policies.ts';

function policies(seed: number, sets: number) {
  const random = new SeededRandom(seed);
  return Array.from({ length: sets }, () => randomWorld(random).policies).flat();
}

describe('randomWorld', () => {
  it('is the same for the same seed', () => {
    expect(policies(7, 20)).toEqual(policies(7, 20));
    expect(policies(7, 20)).not.toEqual(policies(8, 20));
  });

  it('has every form of a policy', () => {
    const text = policies(1, 100).map((policy) => JSON.stringify(policy));
    for (const form of [
      '"podSelector":{}',
      '"namespaceSelector":{}',
      '"operator":"NotIn"',
      '"operator":"DoesNotExist"',
      '"matchExpressions":[]',
      '"endPort":',
      '"port":"http"',
      '"ports":[]',
      '"from":[]',
      '"to":[]',
      '"ingress":[]',
      '"ingress":[{}',
      '"egress":[]',
      '"policyTypes":[]',
      '"except":["',
      '"cidr":"::/0"',
    ]) {
      expect(text.some((policy) => policy.includes(form), form)).toBe(true);
    }
    expect(text.some((policy) => !policy.includes('"policyTypes"'))).toBe(true);
  });

  it('has none that the API server refuses', () => {
    const rules = policies(1, 100).flatMap(({ spec }) => [
      ...(spec.ingress ?? []),
      ...(spec.egress ?? []),
    ]);
    const peers = rules.flatMap(({ from = [], to = [] }) => [...from, ...to]);
    expect(peers.filter((peer) => Object.keys(peer).length === 0)).toEqual([]);
    const ranges = rules
      .flatMap(({ ports = [] }) => ports)
      .filter(({ endPort }) => endPort !== undefined);
    expect(ranges.every(({ port, endPort }) => typeof port === 'number' && endPort! >= port)).toBe(
      true,
    );
  });
});
