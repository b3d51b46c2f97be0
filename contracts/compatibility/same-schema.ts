import { isObject } from '../subschemas.ts';
import type { NodeIds } from './node-ids.ts';
import { ANNOTATIONS, type Node } from './schema-document.ts';

/** Keywords whose value is data, not a schema. */
const DATA: ReadonlySet<string> = new Set(['const', 'enum', 'required', 'type']);
/** Keywords that hold schemas by name. */
const NAMED: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'dependencies']);

/** Whether two values of JSON are equal. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isEqual(item, other[index]));
  }
  return isObject(one) && isObject(other)
    ? haveEqual(one, other, (name) => isEqual(one[name], other[name]))
    : Object.is(one, other);
}

/** Whether two objects have the same names, and for each something holds. */
function haveEqual(
  one: object,
  other: object,
  holds: (name: string) => boolean,
  names: (object: object) => string[] = Object.keys,
): boolean {
  const all = names(one);
  return (
    all.length === names(other).length &&
    all.every((name) => Object.hasOwn(other, name) && holds(name))
  );
}

function keywordsOf(schema: object): string[] {
  return Object.keys(schema).filter((keyword) => !ANNOTATIONS.has(keyword));
}

/**
 * Whether two nodes accept the same, since they say the same: annotations aside, and references followed.
 *
 * @param known what is known of pairs of nodes; what is found out is added.
 */
export function isSameSchema(
  one: Node,
  other: Node,
  ids: NodeIds,
  known: Map<string, boolean>,
): boolean {
  // Where one part differs all of it does, so what is assumed on the way never has to be taken back.
  const assumed = new Set<string>();

  const isSame = (a: Node, b: Node): boolean => {
    if (!isObject(a.schema) || !isObject(b.schema)) {
      return a.schema === b.schema;
    }
    const [left, right] = [a.schema, b.schema];
    const pair = `${ids.of(a)} ${ids.of(b)}`;
    if (assumed.has(pair) || ids.of(a) === ids.of(b)) {
      return true;
    }
    if (known.has(pair)) {
      return known.get(pair)!;
    }
    assumed.add(pair);
    const same = haveEqual(
      left,
      right,
      (name) => sameValue(name, left[name], right[name], a, b),
      keywordsOf,
    );
    if (!same) {
      known.set(pair, false);
    }
    return same;
  };

  const sameValue = (keyword: string, left: unknown, right: unknown, a: Node, b: Node): boolean => {
    if (keyword === '$ref') {
      const targets = [
        a.document.resolve(String(left)),
        b.document.resolve(String(right)),
      ] as const;
      return (
        targets[0] !== undefined &&
        targets[1] !== undefined &&
        isSame(a.document.node(targets[0]), b.document.node(targets[1]))
      );
    }
    if (DATA.has(keyword)) {
      return isEqual(left, right);
    }
    const same = (x: unknown, y: unknown) =>
      Array.isArray(x) || Array.isArray(y)
        ? isEqual(x, y)
        : isSame(a.document.node(x), b.document.node(y));
    if (NAMED.has(keyword) && isObject(left) && isObject(right)) {
      return haveEqual(left, right, (name) => same(left[name], right[name]));
    }
    if (Array.isArray(left) && Array.isArray(right)) {
      return left.length === right.length && left.every((item, index) => same(item, right[index]));
    }
    const areSchemas = [left, right].every(
      (value) => typeof value === 'boolean' || isObject(value),
    );
    return areSchemas ? same(left, right) : Object.is(left, right);
  };

  const same = isSame(one, other);
  if (same) {
    assumed.forEach((pair) => known.set(pair, true));
  }
  return same;
}
