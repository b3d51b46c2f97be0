import { randomBytes } from 'node:crypto';
import { fillTemplate, type SecretReference } from 'cdk8s-event-platform';

/** A Kubernetes Secret with values. */
export interface SecretManifest {
  readonly apiVersion: 'v1';
  readonly kind: 'Secret';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly type: 'Opaque';
  readonly stringData: Readonly<Record<string, string>>;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** 32 letters and digits: safe in connection strings, shells and YAML. */
function randomPassword(): string {
  const characters: string[] = [];
  while (characters.length < 32) {
    for (const byte of randomBytes(64)) {
      // Bytes above the largest multiple would make the first letters likelier.
      if (byte < 248 && characters.length < 32) {
        characters.push(ALPHABET[byte % ALPHABET.length]!);
      }
    }
  }
  return characters.join('');
}

/**
 * Makes the Secret that a reference stands for.
 *
 * @param given values by `<secret>.<key>`, for what only somebody else knows.
 * @throws Error that names the keys which nobody has given.
 */
export function makeSecret(
  reference: SecretReference,
  namespace: string,
  given: Readonly<Record<string, string>> = {},
): SecretManifest {
  const values = new Map<string, string>();
  const missing: string[] = [];
  for (const [key, source] of Object.entries(reference.keys)) {
    const own = given[`${reference.name}.${key}`];
    if (own !== undefined) {
      values.set(key, own);
    } else if (source.kind === 'literal') {
      values.set(key, source.value);
    } else if (source.kind === 'random') {
      values.set(key, randomPassword());
    } else if (source.kind === 'external') {
      missing.push(`--set ${reference.name}.${key}=… (${source.description})`);
    }
  }
  if (missing.length > 0) {
    throw new Error(`values that only you know are missing; add\n  ${missing.join('\n  ')}`);
  }
  for (const [key, source] of Object.entries(reference.keys)) {
    if (source.kind === 'template' && !values.has(key)) {
      values.set(
        key,
        fillTemplate(source.template, (name) => values.get(name)!),
      );
    }
  }
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: reference.name, namespace },
    type: 'Opaque',
    stringData: Object.fromEntries(values),
  };
}
