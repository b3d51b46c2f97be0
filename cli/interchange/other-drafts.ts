import { isObject, type Subschema } from '@cdk8s-event-platform/contracts/internal';

/** What holds for a subschema from those around it that describe the same value. */
export interface Around {
  /** Types that the value has. */
  readonly types?: readonly unknown[] | undefined;
  /** Properties that are described. */
  readonly properties: ReadonlySet<string>;
}

/** Changes a subschema, and says what it changes. */
export type Step = (schema: Subschema, say: (text: string) => void, around: Around) => Subschema;

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

/** A schema without some keywords. */
export function without(schema: Subschema, ...keywords: readonly string[]): Subschema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !keywords.includes(name)));
}

/** Keywords of OpenAPI and of drafts 4 to 6. */
export const olderKeywords: Step = (schema, say) => {
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
export const nullable: Step = (schema, say) => {
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
export const laterKeywords: Step = (schema, say) => {
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
