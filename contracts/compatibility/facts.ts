import { typesOf } from '../exact-integers.ts';
import { type Case, listOf, type Part } from './cases.ts';

/** A kind of value; `fraction` is a number that is not whole. */
export type Kind = 'null' | 'boolean' | 'integer' | 'fraction' | 'string' | 'array' | 'object';

const KINDS: readonly Kind[] = [
  ...(['null', 'boolean', 'integer', 'fraction', 'string', 'array', 'object'] as const),
];

/** Kinds of values that a part's `type` allows. */
export function kindsOf({ schema }: Part): ReadonlySet<Kind> {
  const types = typesOf(schema);
  return types === undefined
    ? new Set(KINDS)
    : new Set(
        [...types, ...(schema.nullable === true ? ['null'] : [])].flatMap((type) =>
          type === 'number' ? (['integer', 'fraction'] as const) : [type as Kind],
        ),
      );
}

/** Kinds of values that the types of a case allow. */
export function kindsOfCase({ parts }: Case): Kind[] {
  const all = parts.map(kindsOf);
  return KINDS.filter((kind) => all.every((kinds) => kinds.has(kind)));
}

/** The kind of a value. */
export function kindOf(value: unknown): Kind {
  return value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : typeof value === 'number'
        ? Number.isInteger(value)
          ? 'integer'
          : 'fraction'
        : (typeof value as Kind);
}

function numbersOf(parts: readonly Part[], keyword: string): number[] {
  return parts.flatMap(({ schema }) => {
    const value = schema[keyword];
    return typeof value === 'number' ? [value] : [];
  });
}

/** The least that parts demand of what a keyword counts. */
export function leastOf(parts: readonly Part[], keyword: string): number {
  return Math.max(0, ...numbersOf(parts, keyword));
}

/** The most that parts allow of what a keyword counts. */
export function mostOf(parts: readonly Part[], keyword: string): number {
  return Math.min(Infinity, ...numbersOf(parts, keyword));
}

/** A bound of numbers. */
export interface Bound {
  readonly value: number;
  /** Whether the value itself is out of range. */
  readonly exclusive: boolean;
}

/** Lower and upper bound of the numbers that parts allow; those of integers are inclusive. */
export function rangeOf(parts: readonly Part[], wholeOnly: boolean): { low: Bound; high: Bound } {
  const low = tighter(numbersOf(parts, 'minimum'), numbersOf(parts, 'exclusiveMinimum'), 1);
  const high = tighter(numbersOf(parts, 'maximum'), numbersOf(parts, 'exclusiveMaximum'), -1);
  return wholeOnly ? { low: whole(low, 1), high: whole(high, -1) } : { low, high };
}

/** @param sign 1 for lower bounds, -1 for upper ones. */
function tighter(inclusive: number[], exclusive: number[], sign: 1 | -1): Bound {
  const tightest = (values: number[]) =>
    sign * Math.max(-Infinity, ...values.map((value) => sign * value));
  const [a, b] = [tightest(inclusive), tightest(exclusive)];
  return sign * b >= sign * a && Number.isFinite(b)
    ? { value: b, exclusive: true }
    : { value: a, exclusive: false };
}

function whole({ value, exclusive }: Bound, sign: 1 | -1): Bound {
  const rounded = sign * Math.ceil(sign * value);
  const moved = exclusive && rounded === value ? value + sign : rounded;
  return { value: moved, exclusive: false };
}

/** Values that a case allows, where it lists them. */
export function valuesOf({ parts }: Case, kinds: readonly Kind[]): readonly unknown[] | undefined {
  const listed = parts
    .map(({ schema }) => ('const' in schema ? [schema.const] : schema.enum))
    .find((values) => Array.isArray(values));
  const finite: unknown[] = [
    ...(kinds.includes('null') ? [null] : []),
    ...(kinds.includes('boolean') ? [true, false] : []),
  ];
  const values = listed ?? (finite.length > 0 && kinds.every(isFiniteKind) ? finite : undefined);
  return values === undefined
    ? undefined
    : listOf(values).filter(
        (value) =>
          kinds.includes(kindOf(value)) &&
          parts.every(({ schema, document }) => document.accepts(schema, value) !== false),
      );
}

function isFiniteKind(kind: Kind): boolean {
  return kind === 'null' || kind === 'boolean';
}
