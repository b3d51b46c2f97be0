import * as pulumi from '@pulumi/pulumi';
import { fillTemplate, type SecretReference, type SecretValue } from 'cdk8s-event-platform';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import { generatedPassword } from './generated-password.ts';

/** Values by `<secret>.<key>`, for what only somebody else knows. */
export type GivenValues = Readonly<Record<string, pulumi.Input<string>>>;

/** What nobody has given of the values that only somebody else knows: `'<secret>.<key>' (<what it is>)`. */
export function missingValues({ name, keys }: SecretReference, given: GivenValues): string[] {
  return Object.entries(keys).flatMap(([key, source]) =>
    source.kind === 'external' && given[`${name}.${key}`] === undefined
      ? [`'${name}.${key}' (${source.description})`]
      : [],
  );
}

/** Options of {@link secretValues}. */
export interface SecretValuesOptions {
  /** Resource that generated passwords belong to. @default - the stack */
  readonly parent?: pulumi.Resource | undefined;
  /** Whether Pulumi refuses to delete generated passwords. @default false */
  readonly protect?: boolean | undefined;
  /**
   * What names of generated passwords start with. Secrets of one name in two namespaces need two.
   *
   * @default - names are `<secret>/<key>`
   */
  readonly prefix?: string;
}

/**
 * The values of a Secret: literals as they are, passwords generated once and kept in the state, and
 * templates filled with both.
 *
 * @throws Error that names the keys which nobody has given.
 */
export function secretValues(
  reference: SecretReference,
  given: GivenValues,
  options: SecretValuesOptions,
): Record<string, pulumi.Output<string>> {
  const { name, keys } = reference;
  const { prefix = '', ...resourceOptions } = options;
  const missing = missingValues(reference, given);
  if (missing.length > 0) {
    throw new Error(
      withCode(
        'EP7002',
        `values of the Secret '${name}' that only you know are missing: ${missing.join(', ')}; give each of them`,
      ),
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
      ? generatedPassword(`${prefix}${name}/${key}`, resourceOptions)
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
