import { describe, expect, it } from 'vitest';
import type { Policy } from '../../testkit/kubernetes/node/network-policies.ts';
import { compare, compareMutants } from './comparison.ts';
import { admits, connectionsOf, scriptOfWorld } from './judges.ts';
import { Ruleset } from './ruleset.ts';
import { namespaceObject, placed, type World } from './world.ts';

function select(app: string) {
  return { podSelector: { matchLabels: { app } } };
}

const POLICY: Policy = {
  metadata: { name: 'kafka', namespace: 'shop' },
  spec: { ...select('kafka'), ingress: [{ from: [select('app')], ports: [{ port: 9092 }] }] },
};

function world(policies: readonly Policy[]): World {
  const pods = ['kafka', 'app', 'other'].map((app) => ({
    metadata: { name: app, namespace: 'shop', labels: { app } },
    spec: {},
  }));
  return {
    namespaces: [namespaceObject('shop')],
    pods: placed(pods),
    policies,
    outside: ['203.0.113.10'],
    ports: [{ port: 9092, protocol: 'TCP' }],
  };
}

/** Verdicts of another judge with the same reading. */
function verdicts(given: World): boolean[] {
  const ruleset = new Ruleset(scriptOfWorld(given));
  return connectionsOf(given).map((connection) => admits(ruleset, connection));
}

describe('compare', () => {
  const given = world([POLICY]);
  const connections = connectionsOf(given);
  const script = scriptOfWorld(given);

  it('counts what is judged and allowed', () => {
    expect(compare(given, connections, verdicts(given), script)).toEqual({
      judged: 12,
      allowed: 10,
      differences: [],
    });
  });

  it('says of which connections verdicts differ', () => {
    const { differences } = compare(given, connections, verdicts(world([])), script);
    expect(differences).toEqual([
      'shop/other-2 → shop/kafka-0 TCP 9092: ours denied, kube-network-policies allowed',
      '203.0.113.10 → shop/kafka-0 TCP 9092: ours denied, kube-network-policies allowed',
    ]);
  });
});

describe('compareMutants', () => {
  it('notices each rule that is left out or admits everybody', () => {
    const given = world([POLICY]);
    expect(compareMutants(given, connectionsOf(given), verdicts(given))).toEqual({
      mutants: 2,
      unnoticed: [],
    });
  });

  it('names changes that make no difference, as of a rule that is there twice', () => {
    const given = world([POLICY, { ...POLICY, metadata: { name: 'again', namespace: 'shop' } }]);
    expect(compareMutants(given, connectionsOf(given), verdicts(given)).unnoticed).toEqual([
      'kafka: ingress[0] left out',
      'again: ingress[0] left out',
    ]);
  });
});
