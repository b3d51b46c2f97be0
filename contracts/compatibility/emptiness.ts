import { isObject } from '../subschemas.ts';
import { itemNodes } from './arrays.ts';
import type { Case } from './cases.ts';
import type { Rules } from './rules.ts';
import { type Kind, kindsOfCase, leastOf, mostOf, rangeOf, valuesOf } from './facts.ts';
import { countOf } from './objects.ts';
import { propertiesOf, propertyOf, requiredBy } from './properties.ts';
import type { Node } from './schema-document.ts';

/** Most items of an array that are looked at. */
const MAX_ITEMS = 8;

/** Kinds of values that a case has, as far as it can be known. */
export function liveKinds(one: Case, rules: Rules): Kind[] {
  return kindsOfCase(one).filter((kind) => !isEmptyOf(kind, one, rules));
}

/** Whether no value is in a case, as far as it can be known. */
export function isEmpty(one: Case, rules: Rules): boolean {
  const kinds = liveKinds(one, rules);
  return (
    kinds.length === 0 ||
    valuesOf(one, kinds)?.length === 0 ||
    one.parts.some(
      ({ schema, document }) =>
        schema.not !== undefined && rules.accept(one, document.node(schema.not)).length === 0,
    )
  );
}

function isEmptyOf(kind: Kind, one: Case, rules: Rules): boolean {
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
      return isEmptyArray(one, rules);
    case 'object':
      return isEmptyObject(one, rules);
    default:
      return false;
  }
}

function hasNone(nodes: readonly Node[], rules: Rules): boolean {
  return rules.cases.of(nodes).every((one) => rules.isEmpty(one));
}

function isEmptyArray(one: Case, rules: Rules): boolean {
  const least = leastOf(one.parts, 'minItems');
  return (
    least > mostOf(one.parts, 'maxItems') ||
    Array.from({ length: Math.min(least, MAX_ITEMS) }, (_, index) => index).some((index) =>
      hasNone(itemNodes(one, index), rules),
    )
  );
}

function isEmptyObject(one: Case, rules: Rules): boolean {
  const required = [...requiredBy(one.parts)];
  const impossible = required.some((name) => {
    const property = propertyOf(one, name);
    return property === undefined || hasNone(property.nodes, rules);
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
