import {
  describesIntegers,
  formats,
  isObject,
  listed,
  schemaCompiler,
  type Subschema,
  typesOf,
} from '@cdk8s-event-platform/contracts/internal';
import type { Findings } from './findings.ts';

/** What holds for a subschema from those around it that describe the same value. */
export interface Around {
  /** Types that the value has. */
  readonly types?: readonly unknown[] | undefined;
  /** Properties that are described. */
  readonly properties: ReadonlySet<string>;
}

type Step = (schema: Subschema, say: (text: string) => void, around: Around) => Subschema;

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
/** Keywords that apply other schemas to the same value. */
const APPLICATORS = [
  '$ref',
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'then',
  'else',
  'dependencies',
  'dependentSchemas',
];

const MAX_INT32 = 2 ** 31 - 1;

function without(schema: Subschema, ...keywords: readonly string[]): Subschema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !keywords.includes(name)));
}

/** The type that keywords are of, where `integer` is a `number`. */
function isOf(keyword: string, types: readonly unknown[]): boolean {
  const of = TYPES.get(keyword);
  return (
    of === undefined ||
    types.some((type) => of.includes(type === 'integer' ? 'number' : `${type as string}`))
  );
}

/** Keywords of OpenAPI and of drafts 4 to 6. */
const olderKeywords: Step = (schema, say) => {
  let found = schema;
  if ('example' in found) {
    const { example, examples } = found;
    const others: unknown[] = Array.isArray(examples) ? examples : [];
    found = { ...without(found, 'example'), examples: [example, ...others] };
    say("'example' becomes 'examples'");
  }
  if (isObject(found.examples)) {
    found = { ...found, examples: Object.values(found.examples) };
    say("'examples' becomes a list");
  }
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof found[flag] === 'boolean') {
      const isExclusive = found[flag] && found[bound] !== undefined;
      found = isExclusive
        ? { ...without(found, bound), [flag]: found[bound] }
        : without(found, flag);
      say(`'${flag}' becomes a number`);
    }
  }
  return found;
};

/** `nullable` of OpenAPI 3.0. */
const nullable: Step = (schema, say) => {
  if (!('nullable' in schema)) {
    return schema;
  }
  const { nullable: isNullable, ...rest } = schema;
  if (isNullable !== true) {
    return rest;
  }
  say("'nullable' becomes the type 'null'");
  return rest.type === undefined
    ? { anyOf: [rest, { type: 'null' }] }
    : { ...rest, type: [...new Set([rest.type, 'null'].flat())] };
};

/** Keywords of drafts 2019-09 and 2020-12. */
const laterKeywords: Step = (schema, say) => {
  let found = schema;
  const become = (keyword: string, others: Subschema, by: string) => {
    found = { ...without(found, keyword), ...others };
    say(`'${keyword}' becomes '${by}'`);
  };
  if (Array.isArray(found.prefixItems)) {
    const { items } = found;
    const rest = items === undefined ? {} : { additionalItems: items };
    become('prefixItems', { items: found.prefixItems, ...rest }, 'items');
  }
  for (const [keyword, instead] of [
    ['unevaluatedProperties', 'additionalProperties'],
    ['unevaluatedItems', 'additionalItems'],
  ] as const) {
    if (found[keyword] === true) {
      found = without(found, keyword);
    } else if (
      keyword in found &&
      !(instead in found) &&
      !APPLICATORS.some((name) => name in found)
    ) {
      become(keyword, { [instead]: found[keyword] }, instead);
    }
  }
  for (const keyword of ['dependentRequired', 'dependentSchemas']) {
    if (isObject(found[keyword])) {
      const { dependencies } = found;
      const own = isObject(dependencies) ? dependencies : {};
      const both = Object.keys(found[keyword]).some((name) => Object.hasOwn(own, name));
      if (!both) {
        become(keyword, { dependencies: { ...own, ...found[keyword] } }, 'dependencies');
      }
    }
  }
  if (found.minContains === 1) {
    found = without(found, 'minContains');
  } else if (found.minContains === 0 && !('maxContains' in found)) {
    found = without(found, 'minContains', 'contains');
    say("'contains' is left out: with 'minContains' of 0, it asks for nothing");
  }
  return found;
};

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

/** Keywords whose subschemas describe the same value. */
const SAME_VALUE: ReadonlySet<string> = new Set([
  'allOf',
  'anyOf',
  'oneOf',
  'if',
  'then',
  'else',
  'not',
  'dependencies',
]);

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
