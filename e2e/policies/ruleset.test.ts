import { describe, expect, it } from 'vitest';
import { NetworkPolicies, type Policy } from '../../testkit/kubernetes/node/network-policies.ts';
import { addressRange, addressText, Ruleset } from './ruleset.ts';

const KAFKA = '10.244.1.2';
const APP = '10.244.1.3';
const PODS = [
  { namespace: 'shop', labels: { app: 'kafka' }, address: KAFKA, ports: {} },
  { namespace: 'shop', labels: { app: 'app' }, address: APP, ports: {} },
];

function rules(spec: Policy['spec']): Ruleset {
  const policy = { metadata: { name: 'policy', namespace: 'shop' }, spec };
  return new Ruleset(new NetworkPolicies([policy], PODS, new Map()).script);
}

function tcp(source: string, destination: string, port = 9092) {
  return { source, destination, port, protocol: 'TCP' };
}

function chain(rule: string): string {
  return `table inet a {\n  chain forward {\n    ${rule}\n    drop\n  }\n}\n`;
}

describe('Ruleset', () => {
  it('lets everything through that no chain is about', () => {
    const ruleset = rules({ podSelector: {}, policyTypes: ['Egress'] });
    expect(ruleset.admits(tcp('203.0.113.10', KAFKA), 'forward')).toBe(true);
    expect(ruleset.admits(tcp(KAFKA, '203.0.113.10'), 'forward')).toBe(false);
  });

  it('asks the chains of both ends', () => {
    const from = [{ podSelector: { matchLabels: { app: 'app' } } }];
    const ruleset = rules({
      podSelector: { matchLabels: { app: 'kafka' } },
      ingress: [{ from, ports: [{ port: 9092, endPort: 9093 }] }],
    });
    expect(ruleset.admits(tcp(APP, KAFKA), 'forward')).toBe(true);
    expect(ruleset.admits(tcp(APP, KAFKA, 9093), 'forward')).toBe(true);
    expect(ruleset.admits(tcp(APP, KAFKA, 9094), 'forward')).toBe(false);
    expect(ruleset.admits({ ...tcp(APP, KAFKA), protocol: 'UDP' }, 'forward')).toBe(false);
    expect(ruleset.admits(tcp('10.244.1.4', KAFKA), 'forward')).toBe(false);
  });

  it('has rules of its own for what goes to the node', () => {
    const ruleset = rules({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    expect(ruleset.admits(tcp(APP, '10.244.0.1'), 'input')).toBe(false);
    expect(ruleset.admits(tcp('203.0.113.10', APP), 'input')).toBe(true);
  });

  it.each([
    ['ip saddr 10.0.0.0/8 return', '10.255.255.255', true],
    ['ip saddr 10.0.0.0/8 return', '11.0.0.0', false],
    ['ip saddr 0.0.0.0/0 ip saddr != 10.0.0.0/8 return', '10.0.0.1', false],
    ['ip saddr 0.0.0.0/0 ip saddr != 10.0.0.0/8 return', '9.255.255.255', true],
    ['ip saddr 10.1.1.1 return', '10.1.1.1', true],
    ['ip saddr 10.1.1.1 return', '10.1.1.11', false],
    ['ip saddr 10.1.1.11 return', '10.1.1.1', false],
    ['meta l4proto tcp return', '10.1.1.1', true],
    ['meta l4proto sctp return', '10.1.1.1', false],
  ])('reads %s of %s', (rule, source, admitted) => {
    expect(new Ruleset(chain(rule)).admits(tcp(source, KAFKA), 'forward')).toBe(admitted);
  });

  it.each([
    'ip saddr 10.1.1.1 accept',
    'ip6 saddr ::1 return',
    'ip saddr ::/0 return',
    'icmp dport 1 return',
    'tcp dport http return',
    'type filter hook output priority filter; policy accept;',
  ])('refuses %s, which it does not know', (rule) => {
    expect(() => new Ruleset(chain(rule))).toThrow(/is not understood|is not an IPv4 address/);
  });
});

describe('addressRange', () => {
  it('gives the ends of a block, whatever address of it is written', () => {
    expect(addressRange('10.244.1.7/30').map(addressText)).toEqual(['10.244.1.4', '10.244.1.7']);
    expect(addressRange('255.255.255.255').map(addressText)).toEqual(
      Array(2).fill('255.255.255.255'),
    );
  });
});
