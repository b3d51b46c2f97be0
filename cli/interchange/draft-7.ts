import {
  describesIntegers,
  formats,
  isObject,
  listed,
  schemaCompiler,
  type Subschema,
  typesOf,
} from '@cdk8s-event-platform/contracts/internal';
import { SAME_VALUE } from './references.ts';
import type { Findings } from './findings.ts';
import {
  type Around,
  laterKeywords,
  nullable,
  olderKeywords,
  type Step,
  without,
} from './other-drafts.ts';

const { RULES } = schemaCompiler();
/** Keywords of one type or two, with these. */
const TYPES = new Map<string, readonly string[]>();
for (const { type, rules } of RULES.rules) {
  for (const { keyword } of type === undefined ? [] : rules) {
    TYPES.set(keyword, [...(TYPES.get(keyword) ?? []), type!]);
  }
}

/** Names of schemas, which references are resolved by. */
const NAMES: ReadonlySet<string> = new Set(['$schema', '$id', 'id', '$anchor', '$vocabulary']);
const MAX_INT32 = 2 ** 31 - 1;

/** The type that keywords are of, where `integer` is a `number`. */
function isOf(keyword: string, types: readonly unknown[]): boolean {
  const of = TYPES.get(keyword);
  return (
    of === undefined ||
    types.some((type) => of.includes(type === 'integer' ? 'number' : String(type)))
  );
}

/** Several types become a choice of one type each. */
const oneType: Step = (schema, say) => {
  const types = typesOf(schema) ?? [];
  if (types.filter((type) => type !== 'null').length < 2) {
    return schema;
  }
  const keywords = Object.keys(schema).filter((keyword) => TYPES.has(keyword));
  const choice = types.map((type) => ({
    type,
    ...Object.fromEntries(
      keywords
        .filter((keyword) => isOf(keyword, [type]))
        .map((keyword) => [keyword, schema[keyword]]),
    ),
  }));
  say(`types ${types.join(', ')} become 'anyOf' with one type each`);
  const { anyOf, allOf } = schema;
  const rest = without(schema, 'type', ...keywords);
  return anyOf === undefined
    ? { ...rest, anyOf: choice }
    : {
        ...rest,
        allOf: [...(Array.isArray(allOf) ? (allOf as unknown[]) : []), { anyOf: choice }],
      };
};

/** The type that keywords are of, and no keywords of another. */
const fittingType: Step = (schema, say, around) => {
  let found = schema;
  if (typesOf(found) === undefined) {
    const of = Object.keys(found).flatMap((keyword) => {
      const types = TYPES.get(keyword);
      return types?.length === 1 ? [[keyword, types[0]!] as const] : [];
    });
    const missing = of.filter(([keyword]) => !isOf(keyword, around.types ?? []));
    const [first] = missing;
    if (
      first !== undefined &&
      around.types === undefined &&
      new Set(of.map(([, type]) => type)).size === 1
    ) {
      found = { type: first[1], ...found };
      say(`type '${first[1]}' is added, which '${first[0]}' is of`);
    }
  }
  const types = typesOf(found) ?? around.types;
  for (const keyword of Object.keys(found)) {
    if (types !== undefined && !isOf(keyword, types)) {
      found = without(found, keyword);
      say(`'${keyword}' is left out: it means nothing for type ${types.join(', ')}`);
    }
  }
  if ('additionalItems' in found && !Array.isArray(found.items)) {
    found = without(found, 'additionalItems');
    say("'additionalItems' is left out: it means nothing without a list of 'items'");
  }
  return found;
};

/** Bounds of integers within what JSON keeps. */
const boundedIntegers: Step = (schema, say) => {
  if (!describesIntegers(schema) || listed(schema) !== undefined) {
    return schema;
  }
  const isShort = schema.format === 'int32';
  const [min, max] = isShort
    ? [-MAX_INT32 - 1, MAX_INT32]
    : [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const isWithin = (bound: unknown, limit: number) =>
    typeof bound === 'number' && Math.abs(bound) <= Math.abs(limit);
  const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = schema;
  const hasMinimum = isWithin(minimum, min) || isWithin(exclusiveMinimum, min);
  const hasMaximum = isWithin(maximum, max) || isWithin(exclusiveMaximum, max);
  const added = { ...(!hasMinimum && { minimum: min }), ...(!hasMaximum && { maximum: max }) };
  if (Object.keys(added).length > 0) {
    const why = isShort ? "which format 'int32' means" : 'beyond which JSON rounds integers';
    say(
      `${Object.entries(added)
        .map(([name, value]) => `${name} ${value}`)
        .join(' and ')} ${Object.keys(added).length === 1 ? 'is' : 'are'} added, ${why}`,
    );
  }
  return { ...schema, ...added };
};

/** What is required is described. */
const describedProperties: Step = (schema, say, around) => {
  const { required, properties } = schema;
  const own = isObject(properties) ? properties : {};
  const missing = (Array.isArray(required) ? (required as unknown[]) : []).filter(
    (name): name is string =>
      typeof name === 'string' && !Object.hasOwn(own, name) && !around.properties.has(name),
  );
  if (missing.length === 0) {
    return schema;
  }
  say(
    `${missing.map((name) => `'${name}'`).join(', ')} may have any value: required, and not described`,
  );
  return {
    ...schema,
    properties: { ...own, ...Object.fromEntries(missing.map((name) => [name, {}])) },
  };
};

/** Nothing but what draft 7 has, with the formats that contracts know. */
const knownKeywords: Step = (schema, say) => {
  const kept = Object.entries(schema).filter(([keyword, value]) => {
    if (NAMES.has(keyword)) {
      return false;
    }
    const isKnown = RULES.keywords[keyword] === true && keyword !== '$async';
    const isUsed =
      keyword !== 'format' || (typeof value === 'string' && Object.hasOwn(formats, value));
    if (!isKnown || !isUsed) {
      say(
        isKnown
          ? `format '${String(value)}' is left out: it is not known`
          : `'${keyword}' is left out: it is not a keyword of draft 7`,
      );
    }
    return isKnown && isUsed;
  });
  return Object.fromEntries(kept);
};

/** Keywords that restrict values and that no keyword of draft 7 stands for. */
const WITHOUT_EQUIVALENT: Readonly<Record<string, string>> = {
  unevaluatedProperties: "list all properties in one schema, and use 'additionalProperties'",
  unevaluatedItems: "use 'additionalItems' in one schema",
  dependentSchemas: "merge it into 'dependencies'",
  dependentRequired: "merge it into 'dependencies'",
  minContains: "use 'contains' alone",
  maxContains: "use 'contains' alone",
  $dynamicRef: "use '$ref'",
  $recursiveRef: "use '$ref'",
};

const STEPS: readonly Step[] = [
  olderKeywords,
  nullable,
  laterKeywords,
  oneType,
  fittingType,
  boundedIntegers,
  describedProperties,
  knownKeywords,
];

/** One subschema in the draft 7 that contracts are written in; those below it stay as they are. */
export function toDraft7(
  schema: Subschema,
  place: string,
  findings: Findings,
  around: Around,
): Subschema {
  const say = (text: string) => findings.note(place, text);
  const converted = STEPS.slice(0, -1).reduce((found, step) => step(found, say, around), schema);
  for (const keyword of Object.keys(converted)) {
    const remedy = WITHOUT_EQUIVALENT[keyword];
    if (remedy !== undefined) {
      findings.problem(place, `'${keyword}' has no equivalent in draft 7: ${remedy}`);
    }
  }
  return knownKeywords(converted, say, around);
}

/** What holds for a subschema of a converted one. */
export function aroundChild(schema: Subschema, around: Around, keyword: string): Around {
  if (keyword === 'propertyNames') {
    return { types: ['string'], properties: new Set() };
  }
  if (!SAME_VALUE.has(keyword)) {
    return { properties: new Set() };
  }
  const { properties } = schema;
  return {
    types: typesOf(schema) ?? around.types,
    properties: new Set([
      ...around.properties,
      ...Object.keys(isObject(properties) ? properties : {}),
    ]),
  };
}
