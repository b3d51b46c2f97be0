/** Where the value of one key of a Secret comes from. */
export type SecretValue =
  /** Known to all, such as a user name. */
  | { readonly kind: 'literal'; readonly value: string }
  /** Generated at deployment: 32 letters and digits. */
  | { readonly kind: 'random' }
  /** Made of other keys of the same Secret, named as `${key}`. */
  | { readonly kind: 'template'; readonly template: string }
  /** Only somebody else knows it, such as the password of an external server. */
  | { readonly kind: 'external'; readonly description: string };

/** Factories of {@link SecretValue}. */
export const SecretValue = {
  literal: (value: string): SecretValue => ({ kind: 'literal', value }),
  random: (): SecretValue => ({ kind: 'random' }),
  template: (template: string): SecretValue => ({ kind: 'template', template }),
  external: (description: string): SecretValue => ({ kind: 'external', description }),
};

/**
 * A Secret that manifests name and do not contain. Rendered files hold no secret: the deployer
 * creates it, and this says with which keys.
 */
export interface SecretReference {
  /** Name of the Secret in the platform's namespace. */
  readonly name: string;
  /** Keys of the Secret, and where each value comes from. */
  readonly keys: Readonly<Record<string, SecretValue>>;
}

/** Puts the values of a Secret's other keys where a template names them. */
export function fillTemplate(template: string, valueOf: (key: string) => string): string {
  return template.replaceAll(/\$\{([^}]+)\}/g, (_match, key: string) => valueOf(key));
}
