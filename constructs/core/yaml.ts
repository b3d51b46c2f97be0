import { keyText, valueText } from './yaml-text.ts';

/** Longest key that may stand without a question mark in front of it. */
const MAX_KEY = 1024;

/** A number with a dot in front of its exponent: without it, YAML 1.1 reads a text. */
function numberText(value: number): string {
  return String(value).replace(/^(-?\d+)e/, '$1.0e');
}

/** A value whose further lines, if it has some, begin with an indentation. */
function written(value: unknown, indent: string): string {
  if (typeof value === 'string') {
    return valueText(value, indent);
  }
  if (typeof value === 'number') {
    return numberText(value);
  }
  if (typeof value === 'boolean') {
    return String(value);
  }
  if (typeof value !== 'object' || value === null) {
    return 'null';
  }
  const inner = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((item) => `- ${written(item, inner)}`)
    : entriesOf(value).map(([key, item]) => entry(key, item, indent, inner));
  return lines.length > 0 ? lines.join(`\n${indent}`) : Array.isArray(value) ? '[]' : '{}';
}

/** Properties that have a value. */
function entriesOf(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, item]) => item !== undefined);
}

function entry(key: string, value: unknown, indent: string, inner: string): string {
  const name = keyText(key, indent);
  const text = written(value, inner);
  if (name.length > MAX_KEY) {
    return `? ${name}\n${indent}: ${text}`;
  }
  const isShort = typeof value !== 'object' || value === null || text === '{}' || text === '[]';
  return isShort ? `${name}: ${text}` : `${name}:\n${inner}${text}`;
}

/**
 * Objects as YAML documents that every parser reads alike: those of YAML 1.1, such as kubectl's, and
 * those of 1.2. Scripts stay readable; text that a parser could take for something else is quoted.
 *
 * It is written here since libraries that build a tree of a document first take most of a synthesis.
 *
 * @see https://yaml.org/type/
 */
export function toYaml(objects: readonly object[]): string {
  return objects.map((object) => `${written(object, '')}\n`).join('---\n');
}
