import { isDeepStrictEqual } from 'node:util';
import { isObject, type Properties, reveal } from './values.ts';

/** How one property differs. */
export interface Change {
  /** Path as Pulumi writes it, e.g. `spec.containers[0].image`. */
  readonly path: string;
  readonly kind: 'add' | 'delete' | 'update';
}

const PLAIN_KEY = /^[A-Za-z_$][\w$]*$/;

function step(path: string, key: string): string {
  if (!PLAIN_KEY.test(key)) {
    return `${path}[${JSON.stringify(key)}]`;
  }
  return path === '' ? key : `${path}.${key}`;
}

function differences(path: string, before: unknown, after: unknown): Change[] {
  if (isDeepStrictEqual(before, after)) {
    return [];
  }
  if (before === undefined || after === undefined) {
    return [{ path, kind: before === undefined ? 'add' : 'delete' }];
  }
  if (isObject(before) && isObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      differences(step(path, key), before[key], after[key]),
    );
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }).flatMap((_, index) =>
      differences(`${path}[${index}]`, before[index], after[index]),
    );
  }
  return [{ path, kind: 'update' }];
}

/** What differs between properties, whether secret or not. */
export function changes(before: Properties, after: Properties): Change[] {
  return differences('', reveal(before), reveal(after));
}

/** Whether a path is one of these, or below it. */
export function isWithin(path: string, roots: readonly string[]): boolean {
  return roots.some(
    (root) => path === root || path.startsWith(`${root}.`) || path.startsWith(`${root}[`),
  );
}
