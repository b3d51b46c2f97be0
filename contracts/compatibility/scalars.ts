import type { Subschema } from '../subschemas.ts';
import type { Part } from './cases.ts';
import { type Bound, type Kind, kindsOf, leastOf, mostOf, rangeOf } from './facts.ts';
import { about, either, type Incompatibility, quoted } from './report.ts';
import { SchemaDocument } from './schema-document.ts';

/** Kinds in the words of JSON Schema. */
function typesIn(kinds: readonly Kind[]): string {
  const types = kinds.includes('fraction')
    ? [...kinds.filter((kind) => kind !== 'integer' && kind !== 'fraction'), 'number']
    : kinds;
  return types.join(' or ');
}

/** Types that a reader does not accept. */
export function typeProblems(kinds: readonly Kind[], schema: Subschema): Incompatibility[] {
  const accepted = kindsOf({ schema, document: NONE });
  const refused = kinds.filter((kind) => !accepted.has(kind));
  return refused.length === 0
    ? []
    : about(`may be of type ${typesIn(refused)}, and must be of type ${typesIn([...accepted])}`);
}

const NONE = new SchemaDocument(true);

/** A list of values that a writer does not keep to. */
export function enumProblems(schema: Subschema): Incompatibility[] {
  return 'const' in schema
    ? about(`may have any value, and must be ${quoted(schema.const)}`)
    : Array.isArray(schema.enum)
      ? about(`may have any value, and must be one of ${either(schema.enum)}`)
      : [];
}

function isWithin(bound: Bound, limit: Bound, sign: 1 | -1): boolean {
  const distance = sign * bound.value - sign * limit.value;
  return (
    distance > 0 ||
    limit.value === -sign * Infinity ||
    (bound.value === limit.value && (bound.exclusive || !limit.exclusive))
  );
}

function boundProblem(
  bound: Bound,
  limit: Bound,
  sign: 1 | -1,
  [size, inclusive, exclusive]: readonly [string, string, string],
): Incompatibility[] {
  return isWithin(bound, limit, sign)
    ? []
    : about(
        `may be ${Number.isFinite(bound.value) ? `as ${size} as ${bound.value}` : 'any number'}, and must be ${limit.exclusive ? exclusive : inclusive} ${limit.value}`,
      );
}

/** Numbers that a reader does not accept. */
export function numberProblems(
  parts: readonly Part[],
  schema: Subschema,
  wholeOnly: boolean,
): Incompatibility[] {
  const range = rangeOf(parts, wholeOnly);
  const limits = rangeOf([{ schema, document: NONE }], false);
  return [
    ...boundProblem(range.low, limits.low, 1, ['small', 'at least', 'greater than']),
    ...boundProblem(range.high, limits.high, -1, ['large', 'at most', 'less than']),
    ...multipleProblems(parts, schema.multipleOf, wholeOnly, range),
  ];
}

function multipleProblems(
  parts: readonly Part[],
  wanted: unknown,
  wholeOnly: boolean,
  { low, high }: ReturnType<typeof rangeOf>,
): Incompatibility[] {
  if (typeof wanted !== 'number') {
    return [];
  }
  const factors = parts.flatMap(({ schema }) =>
    typeof schema.multipleOf === 'number' ? [schema.multipleOf] : [],
  );
  // Division is exact for integers that doubles hold.
  const isExact = Math.max(-low.value, high.value) <= Number.MAX_SAFE_INTEGER;
  const isMultiple = [...factors, ...(wholeOnly ? [1] : [])].some(
    (factor) =>
      factor === wanted ||
      (isExact &&
        Number.isSafeInteger(factor) &&
        Number.isInteger(wanted) &&
        factor % wanted === 0),
  );
  return isMultiple
    ? []
    : about(
        `may be ${factors.length > 0 ? `any multiple of ${factors.join(' and ')}` : wholeOnly ? 'any integer' : 'any number'}, and must be a multiple of ${wanted}`,
      );
}

/** Texts that a reader does not accept. */
export function stringProblems(parts: readonly Part[], schema: Subschema): Incompatibility[] {
  return [
    ...countProblems(parts, schema, ['minLength', 'maxLength'], 'characters'),
    ...formProblems(parts, schema, 'pattern', ['that matches', 'match']),
    ...formProblems(parts, schema, 'format', ['of format', 'be of format']),
  ];
}

/** Numbers of characters, items or properties that a reader does not accept. */
export function countProblems(
  parts: readonly Part[],
  schema: Subschema,
  [min, max]: readonly [string, string],
  what: string,
  least = leastOf(parts, min),
  most = mostOf(parts, max),
): Incompatibility[] {
  const reader = [{ schema, document: NONE }];
  const [atLeast, atMost] = [leastOf(reader, min), mostOf(reader, max)];
  return [
    ...(least < atLeast
      ? about(`may have ${least} ${what}, and must have at least ${atLeast}`)
      : []),
    ...(most > atMost
      ? about(
          `may have ${Number.isFinite(most) ? most : 'any number of'} ${what}, and must have at most ${atMost}`,
        )
      : []),
  ];
}

/** A form of texts of which it is known only whether it is the same. */
function formProblems(
  parts: readonly Part[],
  reader: Subschema,
  keyword: string,
  [written, accepted]: readonly [string, string],
): Incompatibility[] {
  const wanted = reader[keyword];
  const forms = parts.map(({ schema }) => schema[keyword]).filter((form) => form !== undefined);
  return wanted === undefined || forms.includes(wanted)
    ? []
    : about(
        `may be any text${forms.length > 0 ? ` ${written} ${forms.map(quoted).join(' and ')}` : ''}, and must ${accepted} ${quoted(wanted)}`,
      );
}
