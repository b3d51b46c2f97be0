import { AWS_RULES } from './aws.ts';
import { KUBERNETES_RULES } from './kubernetes.ts';
import type { CheckedResource, Rule } from './rule.ts';

export type { CheckedResource, Rule };

/** All rules. */
export const RULES: readonly Rule[] = [...AWS_RULES, ...KUBERNETES_RULES];

/** What is wrong with resources: `<rule>: <type> <name> <finding>`. */
export function findings(resources: readonly CheckedResource[]): string[] {
  return resources.flatMap((resource) =>
    RULES.flatMap(({ name, check }) =>
      check(resource).map((finding) => `${name}: ${resource.type} ${resource.name} ${finding}`),
    ),
  );
}
