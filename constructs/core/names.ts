import { createHash } from 'node:crypto';
import type { IConstruct } from 'constructs';
import { DeclarationError } from './errors.ts';

/** Label that names the workload which a pod belongs to. */
export const WORKLOAD_LABEL = 'app.kubernetes.io/name';

/** Labels that every object of the platform carries. */
export function commonLabels(name: string, component: string): Record<string, string> {
  return {
    [WORKLOAD_LABEL]: name,
    'app.kubernetes.io/component': component,
    'app.kubernetes.io/part-of': 'event-platform',
    'app.kubernetes.io/managed-by': 'cdk8s',
  };
}

/** The labels that select the pods of one workload. Immutable once a workload exists. */
export function selectorLabels(name: string): Record<string, string> {
  return { [WORKLOAD_LABEL]: name };
}

/** First ten hexadecimal digits of a value's SHA-256: the same input gives the same name. */
export function shortHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 10);
}

/**
 * Checks that a name is a DNS label of at most `maxLength` characters.
 *
 * @throws DeclarationError when it is not.
 */
export function requireDnsLabel(
  scope: IConstruct,
  what: string,
  name: string,
  maxLength = 63,
): string {
  if (!/^[a-z]([a-z0-9-]*[a-z0-9])?$/.test(name)) {
    throw new DeclarationError(
      scope,
      `${what} '${name}' is not a DNS label: use a-z, 0-9 and '-', starting with a letter and not ending in '-'`,
    );
  }
  if (name.length > maxLength) {
    throw new DeclarationError(
      scope,
      `${what} '${name}' has ${name.length} characters, at most ${maxLength} are possible: choose a shorter name`,
    );
  }
  return name;
}
