import { describe, expect, it } from 'vitest';
import { type Namespaces, NetworkPolicies, type Pod, type Policy } from './network-policies.ts';

const NAMESPACES: Namespaces = new Map([
  ['shop', { 'kubernetes.io/metadata.name': 'shop' }],
  ['monitoring', { 'kubernetes.io/metadata.name': 'monitoring' }],
]);

function pod(name: string, address: string, namespace = 'shop', ports: Pod['ports'] = {}): Pod {
  return { namespace, labels: { app: name }, address, ports };
}

function policy(spec: Policy['spec'], namespace = 'shop'): Policy {
  return { metadata: { name: 'policy', namespace }, spec };
}

function select(app: string) {
  return { podSelector: { matchLabels: { app } } };
}

const KAFKA = pod('kafka', '10.244.0.2', 'shop', { 'client/TCP': 9092 });
const CONSUMER = pod('consumer', '10.244.0.3');
const PROMETHEUS = pod('prometheus', '10.244.0.4', 'monitoring');
const PODS = [KAFKA, CONSUMER, PROMETHEUS];

/** The lines of a pod's chain, without the first, which admits the pod itself. */
function admitted(policies: readonly Policy[], name: string, pods = PODS): string[] {
  const [first, ...rest] = chain(policies, name, pods);
  expect(first).toMatch(/^ip [sd]addr \S+ return$/);
  return rest;
}

/** The lines of a chain. */
function chain(policies: readonly Policy[], name: string, pods = PODS): string[] {
  const { script } = new NetworkPolicies(policies, pods, NAMESPACES);
  const [, body = ''] = script.split(`chain ${name} {\n`);
  return body
    .slice(0, body.indexOf('\n  }'))
    .split('\n')
    .map((line) => line.trim());
}

describe('NetworkPolicies', () => {
  it('isolates no pod without a policy', () => {
    expect(chain([], 'forward')).toEqual([
      'type filter hook forward priority filter; policy accept;',
      'ct state established,related accept',
    ]);
  });

  it('takes the place of the table before', () => {
    const { script } = new NetworkPolicies([], [], new Map());
    expect(script.split('\n').slice(0, 3)).toEqual([
      'table inet network-policies',
      'delete table inet network-policies',
      'table inet network-policies {',
    ]);
  });

  it('drops everything at a pod that no rule admits to', () => {
    const deny = policy({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(admitted([deny], 'ingress-10-244-0-2')).toEqual(['drop']);
    expect(admitted([deny], 'egress-10-244-0-3')).toEqual(['drop']);
    expect(chain([deny], 'forward').slice(2)).toEqual([
      'ip daddr vmap { 10.244.0.2 : jump ingress-10-244-0-2, 10.244.0.3 : jump ingress-10-244-0-3 }',
      'ip saddr vmap { 10.244.0.2 : jump egress-10-244-0-2, 10.244.0.3 : jump egress-10-244-0-3 }',
    ]);
  });

  it('keeps no pod from itself', () => {
    const deny = policy({ ...select('kafka'), policyTypes: ['Ingress', 'Egress'] });
    expect(chain([deny], 'ingress-10-244-0-2')).toEqual(['ip saddr 10.244.0.2 return', 'drop']);
    expect(chain([deny], 'egress-10-244-0-2')).toEqual(['ip daddr 10.244.0.2 return', 'drop']);
  });

  it('keeps what pods send to the node to what they may send', () => {
    const deny = policy({ ...select('consumer'), policyTypes: ['Egress'] });
    expect(chain([deny], 'input').slice(2)).toEqual([
      'ip saddr vmap { 10.244.0.3 : jump egress-10-244-0-3 }',
    ]);
  });

  it('admits a pod of the namespace to a port', () => {
    const admit = policy({
      ...select('kafka'),
      ingress: [{ from: [select('consumer')], ports: [{ port: 9092 }] }],
    });
    expect(admitted([admit], 'ingress-10-244-0-2')).toEqual([
      'ip saddr 10.244.0.3 tcp dport 9092 return',
      'drop',
    ]);
  });

  it('admits another namespace by its labels, and not pods of the same labels elsewhere', () => {
    const from = [
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } },
        ...select('prometheus'),
      },
    ];
    const admit = policy({ ...select('kafka'), ingress: [{ from }] });
    const stranger = pod('prometheus', '10.244.0.9');
    expect(admitted([admit], 'ingress-10-244-0-2', [...PODS, stranger])).toEqual([
      'ip saddr 10.244.0.4 return',
      'drop',
    ]);
  });

  it('admits every namespace to a selector without a condition', () => {
    const admit = policy({
      ...select('kafka'),
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 9092 }] }],
    });
    expect(admitted([admit], 'ingress-10-244-0-2')).toHaveLength(PODS.length + 1);
  });

  it('adds up what several policies admit', () => {
    const first = policy({ ...select('kafka'), ingress: [{ from: [select('consumer')] }] });
    const second = policy({ ...select('kafka'), ingress: [{ from: [select('kafka')] }] });
    expect(admitted([first, second], 'ingress-10-244-0-2')).toEqual([
      'ip saddr 10.244.0.3 return',
      'ip saddr 10.244.0.2 return',
      'drop',
    ]);
  });

  it('finds a named port at the pod that is reached', () => {
    const ingress = policy({ ...select('kafka'), ingress: [{ ports: [{ port: 'client' }] }] });
    expect(admitted([ingress], 'ingress-10-244-0-2')).toEqual(['tcp dport 9092 return', 'drop']);
    const egress = policy({
      ...select('consumer'),
      policyTypes: ['Egress'],
      egress: [{ to: [select('kafka'), select('consumer')], ports: [{ port: 'client' }] }],
    });
    expect(admitted([egress], 'egress-10-244-0-3')).toEqual([
      'ip daddr 10.244.0.2 tcp dport 9092 return',
      'drop',
    ]);
  });

  it('finds a named port at every pod that a rule admits by no selector', () => {
    const egress = (to?: object) =>
      policy({
        ...select('consumer'),
        policyTypes: ['Egress'],
        egress: [{ ...(to && { to: [to] }), ports: [{ port: 'client' }, { port: 443 }] }],
      });
    expect(admitted([egress()], 'egress-10-244-0-3')).toEqual([
      'tcp dport 443 return',
      'ip daddr 10.244.0.2 tcp dport 9092 return',
      'drop',
    ]);
    const block = { ipBlock: { cidr: '10.0.0.0/8' } };
    expect(admitted([egress(block)], 'egress-10-244-0-3')).toEqual([
      'ip daddr 10.0.0.0/8 tcp dport 443 return',
      'ip daddr 10.0.0.0/8 ip daddr 10.244.0.2 tcp dport 9092 return',
      'drop',
    ]);
  });

  it('admits no address of version 6', () => {
    const to = [{ ipBlock: { cidr: '::/0', except: ['2001:db8::/32'] } }];
    const egress = policy({ ...select('consumer'), policyTypes: ['Egress'], egress: [{ to }] });
    expect(admitted([egress], 'egress-10-244-0-3')).toEqual(['drop']);
  });

  it.each([
    ['no list', {}, ['ingress']],
    ['an empty list', { policyTypes: [], egress: [] }, ['ingress']],
    ['rules for egress', { egress: [{}] }, ['ingress', 'egress']],
  ])('isolates in the directions that the API server adds to %s', (_, spec, directions) => {
    const { script } = new NetworkPolicies(
      [policy({ ...select('kafka'), ...spec })],
      PODS,
      NAMESPACES,
    );
    expect([...script.matchAll(/chain (\w+gress)-/g)].map(([, name]) => name)).toEqual(directions);
  });

  it('reads ranges of ports, protocols and blocks of addresses', () => {
    const egress = policy({
      ...select('consumer'),
      policyTypes: ['Egress'],
      egress: [
        {
          to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }],
          ports: [{ port: 8000, endPort: 8010 }, { protocol: 'UDP' }],
        },
      ],
    });
    expect(admitted([egress], 'egress-10-244-0-3')).toEqual([
      'ip daddr 10.0.0.0/8 ip daddr != 10.1.0.0/16 tcp dport 8000-8010 return',
      'ip daddr 10.0.0.0/8 ip daddr != 10.1.0.0/16 meta l4proto udp return',
      'drop',
    ]);
  });

  it.each([
    ['In', ['kafka', 'redis'], ['ingress-10-244-0-2']],
    ['NotIn', ['kafka'], ['ingress-10-244-0-3']],
    ['Exists', undefined, ['ingress-10-244-0-2', 'ingress-10-244-0-3']],
    ['DoesNotExist', undefined, []],
  ])('selects pods by the operator %s', (operator, values, chains) => {
    const expression = { key: 'app', operator, ...(values && { values }) };
    const deny = policy({ podSelector: { matchExpressions: [expression] }, ingress: [] });
    const { script } = new NetworkPolicies([deny], PODS, NAMESPACES);
    expect([...script.matchAll(/chain (ingress-\S+)/g)].map(([, name]) => name)).toEqual(chains);
  });

  it('refuses an operator that it does not know', () => {
    const wrong = policy({
      podSelector: { matchExpressions: [{ key: 'app', operator: 'Near' }] },
      ingress: [],
    });
    expect(() => new NetworkPolicies([wrong], PODS, NAMESPACES).script).toThrow(
      "a selector with the unknown operator 'Near'",
    );
  });
});
