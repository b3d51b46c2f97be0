import { isObject } from '../subschemas.ts';
import { itemNodes } from './arrays.ts';
import type { Case } from './cases.ts';
import type { Comparison } from './comparison.ts';
import { type Kind, kindsOfCase, leastOf, mostOf, rangeOf, valuesOf } from './facts.ts';
import { countOf } from './objects.ts';
import { propertiesOf, propertyOf, requiredBy } from './properties.ts';
import type { Node } from './schema-document.ts';

/** Most items of an array that are looked at. */
const MAX_ITEMS = 8;

/** Kinds of values that a case has, as far as it can be known. */
export function liveKinds(one: Case, comparison: Comparison): Kind[] {
  return kindsOfCase(one).filter((kind) => !isEmptyOf(kind, one, comparison));
}

/** Whether no value is in a case, as far as it can be known. */
export function isEmpty(one: Case, comparison: Comparison): boolean {
  const kinds = liveKinds(one, comparison);
  return (
    kinds.length === 0 ||
    valuesOf(one, kinds)?.length === 0 ||
    one.parts.some(
      ({ schema, document }) =>
        schema.not !== undefined && comparison.accept(one, document.node(schema.not)).length === 0,
    )
  );
}

function isEmptyOf(kind: Kind, one: Case, comparison: Comparison): boolean {
  const { parts } = one;
  switch (kind) {
    case 'integer':
    case 'fraction': {
      const { low, high } = rangeOf(parts, kind === 'integer');
      const isPoint = low.value === high.value && (low.exclusive || high.exclusive);
      const hasWholeFactor = parts.some(({ schema }) => Number.isInteger(schema.multipleOf));
      return low.value > high.value || isPoint || (kind === 'fraction' && hasWholeFactor);
    }
    case 'string':
      return leastOf(parts, 'minLength') > mostOf(parts, 'maxLength');
    case 'array':
      return isEmptyArray(one, comparison);
    case 'object':
      return isEmptyObject(one, comparison);
    default:
      return false;
  }
}

function hasNone(nodes: readonly Node[], comparison: Comparison): boolean {
  return comparison.cases.of(nodes).every((one) => comparison.isEmpty(one));
}

function isEmptyArray(one: Case, comparison: Comparison): boolean {
  const least = leastOf(one.parts, 'minItems');
  return (
    least > mostOf(one.parts, 'maxItems') ||
    Array.from({ length: Math.min(least, MAX_ITEMS) }, (_, index) => index).some((index) =>
      hasNone(itemNodes(one, index), comparison),
    )
  );
}

function isEmptyObject(one: Case, comparison: Comparison): boolean {
  const required = [...requiredBy(one.parts)];
  const impossible = required.some((name) => {
    const property = propertyOf(one, name);
    return property === undefined || hasNone(property.nodes, comparison);
  });
  if (impossible) {
    return true;
  }
  const hasCounts = one.parts.some(
    ({ schema }) => isObject(schema) && ('minProperties' in schema || 'maxProperties' in schema),
  );
  const [least, most] = hasCounts ? countOf(one, propertiesOf(one, [])) : [0, Infinity];
  return least > most;
}
