import type { Peer, Policy, Rule } from '../../testkit/kubernetes/node/network-policies.ts';

/** Policies with one change that a comparison must notice. */
export interface Mutant {
  /** What is other, e.g. `kafka: ingress[0] without peers`. */
  readonly change: string;
  readonly policies: readonly Policy[];
}

/** Rules with the one at `index` replaced by `by`. */
function replaced(rules: readonly Rule[], index: number, by: readonly Rule[]): Rule[] {
  return rules.flatMap((rule, at) => (at === index ? by : [rule]));
}

/** Whether a rule is about IPv6 addresses alone, which no connection of this run has. */
function isOfVersion6(peers: readonly Peer[]): boolean {
  return peers.length > 0 && peers.every(({ ipBlock }) => ipBlock?.cidr.includes(':') === true);
}

/** Each rule left out, which admits less, and each rule for everybody, which admits more. */
export function mutantsOf(policies: readonly Policy[]): Mutant[] {
  return policies.flatMap((policy, at) =>
    (['ingress', 'egress'] as const).flatMap((direction) => {
      const rules = policy.spec[direction] ?? [];
      const mutant = (change: string, index: number, by: readonly Rule[]): Mutant => ({
        change: `${policy.metadata.name}: ${direction}[${index}] ${change}`,
        policies: policies.with(at, {
          ...policy,
          spec: { ...policy.spec, [direction]: replaced(rules, index, by) },
        }),
      });
      return rules.flatMap(({ from, to, ports }, index) => [
        ...(isOfVersion6([...(from ?? []), ...(to ?? [])]) ? [] : [mutant('left out', index, [])]),
        ...(from === undefined && to === undefined
          ? []
          : [mutant('without peers', index, [{ ...(ports && { ports }) }])]),
      ]);
    }),
  );
}
