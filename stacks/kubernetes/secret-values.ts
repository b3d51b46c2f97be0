import * as pulumi from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random/randomPassword.js';
import { fillTemplate, type SecretReference, type SecretValue } from '../../constructs/index.ts';

/** Letters and digits alone: safe in connection strings, shells and YAML. */
const PASSWORD = { length: 32, special: false } as const;

/**
 * The values of a Secret: literals as they are, passwords made up once and kept in the state, and
 * templates filled with both.
 *
 * @param given values by `<secret>.<key>`, for what only somebody else knows.
 * @throws Error that names the keys which nobody has given.
 */
export function secretValues(
  reference: SecretReference,
  given: Readonly<Record<string, pulumi.Input<string>>>,
  options: pulumi.ResourceOptions,
): Record<string, pulumi.Output<string>> {
  const { name, keys } = reference;
  const missing = Object.entries(keys).flatMap(([key, source]) =>
    source.kind === 'external' && given[`${name}.${key}`] === undefined
      ? [`'${name}.${key}' (${source.description})`]
      : [],
  );
  if (missing.length > 0) {
    throw new Error(
      `values of the Secret '${name}' that only you know are missing: ${missing.join(', ')}`,
    );
  }
  const plain = (key: string, source: SecretValue): pulumi.Input<string> | undefined => {
    const own = given[`${name}.${key}`];
    if (own !== undefined) {
      return own;
    }
    if (source.kind === 'literal') {
      return source.value;
    }
    return source.kind === 'random'
      ? new RandomPassword(`${name}/${key}`, PASSWORD, {
          ...(options.parent && { parent: options.parent }),
          ...(options.protect !== undefined && { protect: options.protect }),
        }).result
      : undefined;
  };
  const values = new Map<string, pulumi.Output<string>>();
  for (const [key, source] of Object.entries(keys)) {
    const value = plain(key, source);
    if (value !== undefined) {
      values.set(key, pulumi.secret(value));
    }
  }
  for (const [key, source] of Object.entries(keys)) {
    if (source.kind === 'template' && !values.has(key)) {
      values.set(
        key,
        pulumi
          .all(Object.fromEntries(values))
          .apply((known) => fillTemplate(source.template, (part) => known[part]!)),
      );
    }
  }
  return Object.fromEntries(values);
}
