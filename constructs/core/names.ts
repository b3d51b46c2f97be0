import { coded } from '@cdk8s-event-platform/contracts/internal';
import { createHash } from 'node:crypto';
import type { IConstruct } from 'constructs';
import { DeclarationError } from './errors.ts';

/** Label that names the workload which a pod belongs to. */
export const WORKLOAD_LABEL = 'app.kubernetes.io/name';

/** Longest value of a label. */
const MAX_LABEL = 63;
/** Longest name of an object. */
const MAX_NAME = 253;

/** A text that ends in a hash of what was cut off, where it would be longer. */
function shortened(text: string, max: number): string {
  const hash = shortHash(text);
  return text.length <= max
    ? text
    : `${text.slice(0, max - hash.length - 1).replace(/[^a-z0-9]+$/i, '')}-${hash}`;
}

/**
 * Name of an object that is made of other names, such as those of an app and a topic. Topics may hold
 * capitals, dots and underscores, which stand as dashes here.
 */
export function derivedName(...parts: readonly string[]): string {
  const plain = parts.join('-').replaceAll(/[^a-z0-9-]/g, '-');
  return /[a-z0-9]$/.test(plain)
    ? shortened(plain, MAX_NAME)
    : shortened(`${plain}${shortHash(parts)}`, MAX_NAME);
}

/** Labels that every object of the platform carries. A name that is longer than a label may be is cut. */
export function commonLabels(name: string, component: string): Record<string, string> {
  return {
    [WORKLOAD_LABEL]: shortened(name, MAX_LABEL),
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
      ...coded(
        'EP1002',
        `${what} '${name}' is not a DNS label: use a-z, 0-9 and '-', starting with a letter and not ending in '-'`,
      ),
    );
  }
  if (name.length > maxLength) {
    throw new DeclarationError(
      scope,
      ...coded(
        'EP1002',
        `${what} '${name}' has ${name.length} characters, at most ${maxLength} are possible: choose a shorter name`,
      ),
    );
  }
  return name;
}
