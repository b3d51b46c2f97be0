import { Ajv, type ErrorObject, type Options, type SchemaObject } from 'ajv';
import addFormats from 'ajv-formats';
import { shown } from './checks.ts';
import { MARKS, wireSchema } from './marks.ts';
import { addPlatformFormats, formats } from './schema-formats.ts';
import { referenceCycles } from './reference-cycles.ts';
import { isObject, pointerOf, type Subschema, subschemas } from './subschemas.ts';

/** A compiled schema; `errors` are those of its last call. */
export interface CompiledSchema {
  (data: unknown): boolean;
  readonly errors?: readonly ErrorObject[] | null;
}

/** The compiler that contracts, tests and bundles use: draft 7, and everything that is not known is an error. */
export function schemaCompiler(options: Options = {}): Ajv {
  const ajv = new Ajv({ allErrors: true, strict: true, ...options });
  ajv.addVocabulary([...MARKS]);
  addFormats.default(ajv);
  addPlatformFormats(ajv);
  return ajv;
}

/** What has a schema: an event contract, by its type and version, or a state store, by its name. */
export interface WithSchema {
  readonly schema: object;
  readonly type?: string;
  readonly version?: string;
  readonly name?: string;
}

/**
 * Compiles the schema of what is in a contract's events, or of a store's values. In bundles this has been done when
 * the image was built.
 */
export function compileSchema(contract: WithSchema): CompiledSchema {
  return schemaCompiler().compile(wireSchema(contract.schema) as SchemaObject);
}

/** Types of draft 7. */
const TYPES = ['string', 'integer', 'number', 'boolean', 'object', 'array', 'null'];

/** Keywords of later drafts, and of OpenAPI, by what draft 7 has instead. */
const INSTEAD = new Map([
  ['prefixItems', "'items' with a list"],
  ['unevaluatedItems', "'additionalItems'"],
  ['unevaluatedProperties', "'additionalProperties'"],
  ['dependentRequired', "'dependencies'"],
  ['dependentSchemas', "'dependencies'"],
  ['minContains', "'contains'"],
  ['maxContains', "'contains'"],
  ...['$anchor', '$dynamicAnchor', '$dynamicRef', '$recursiveAnchor', '$recursiveRef'].map(
    (keyword) => [keyword, "'$ref' with '#/definitions/…'"] as const,
  ),
  ['example', "'examples' with a list"],
]);

const DRAFT_7 = /^http:\/\/json-schema\.org\/draft-07\/schema#?$/;

/** What the compiler says of the schema that it compiles. */
let said: string[] = [];
/** One for all contracts: to make one takes longer than to compile a schema. */
let shared: Ajv | undefined;

function sharedCompiler(): Ajv {
  const say = (message: string) => void said.push(message);
  return (shared ??= schemaCompiler({
    // As strict, and all of it at once.
    strict: 'log',
    // What it compiles is not run, and was checked against the schema of schemas before.
    code: { optimize: false },
    validateSchema: false,
    logger: { log: say, warn: say, error: say },
  }));
}

/** What was found, by the schema: contracts are looked at again wherever they are used. */
const found = new WeakMap<object, readonly string[]>();

/**
 * Every reason why a schema cannot be compiled, with where in it; empty when it can. In bundles, what
 * is there was compiled before.
 */
export function schemaProblems(schema: object): readonly string[] {
  const problems = found.get(schema) ?? [...new Set(lookFor(schema as Subschema))];
  found.set(schema, problems);
  return problems;
}

function lookFor(schema: Subschema): readonly string[] {
  const ajv = sharedCompiler();
  const { $schema, ...rest } = schema;
  const problems =
    $schema === undefined || (typeof $schema === 'string' && DRAFT_7.test($schema))
      ? []
      : [
          `#/$schema (${shown($schema)}) is not draft 7, which contracts are written in: leave it out`,
        ];
  const places = new Set<string>();
  for (const [subschema, { pointer }] of subschemas(schema, true)) {
    for (const [keyword, problem] of keywordProblems(ajv, subschema, pointer === '#')) {
      const place = pointer + pointerOf(keyword);
      places.add(place);
      problems.push(`${place} ${problem}`);
    }
  }
  if (ajv.validateSchema(rest) !== true) {
    for (const { instancePath, message } of ajv.errors ?? []) {
      const place = `#${instancePath}`;
      // The first of a place says most, and what is said already is enough.
      if (!places.has(place)) {
        places.add(place);
        problems.push(`${place} ${message ?? 'is not a schema'}`);
      }
    }
  }
  problems.push(
    ...referenceCycles(schema).map(
      ([first, ...others]) =>
        `${first!} refers to itself${others.length > 0 ? ` through ${others.join(', ')}` : ''} before it leads into a value: leave one of these references out, or put it under 'properties' or 'items'`,
    ),
  );
  return problems.length > 0 ? problems : compileProblems(ajv, rest);
}

/** What is wrong with the keywords of one subschema by themselves, by keyword. */
function keywordProblems(ajv: Ajv, subschema: Subschema, isRoot: boolean): [string, string][] {
  return Object.entries(subschema).flatMap(([keyword, value]): [string, string][] => {
    const problem = keywordProblem(ajv, keyword, value, isRoot);
    return problem === undefined ? [] : [[keyword, problem]];
  });
}

function keywordProblem(
  ajv: Ajv,
  keyword: string,
  value: unknown,
  isRoot: boolean,
): string | undefined {
  if (ajv.RULES.keywords[keyword] !== true && !Object.hasOwn(ajv.RULES.all, keyword)) {
    const instead = INSTEAD.get(keyword);
    return instead === undefined
      ? 'is not a keyword of JSON Schema draft 7: correct it, or leave it out'
      : `is not a keyword of JSON Schema draft 7: use ${instead}`;
  }
  if (keyword === '$id' && !isRoot) {
    return `(${shown(value)}) changes what '$ref' means, and bundles hold the schemas of several contracts: leave it out, and refer to '#/definitions/…'`;
  }
  switch (keyword) {
    case 'type':
      return typeProblem(value);
    case 'format':
      return formatProblem(value);
    case 'pattern':
      return typeof value === 'string' ? patternProblem(value) : undefined;
    case 'patternProperties':
      return isObject(value)
        ? Object.keys(value).flatMap((pattern) => patternProblem(pattern) ?? [])[0]
        : undefined;
    default:
      return undefined;
  }
}

function typeProblem(value: unknown): string | undefined {
  const types = Array.isArray(value) ? (value as unknown[]) : [value];
  return types.every((type) => TYPES.includes(type as string))
    ? undefined
    : `(${types.map(shown).join(', ')}) must be one of ${TYPES.join(', ')}`;
}

function formatProblem(value: unknown): string | undefined {
  return typeof value !== 'string' || Object.hasOwn(formats, value)
    ? undefined
    : `(${shown(value)}) is not a format that is known: use one of ${Object.keys(formats).sort().join(', ')}`;
}

function patternProblem(pattern: string): string | undefined {
  try {
    new RegExp(pattern, 'u');
    return undefined;
  } catch (error) {
    const reason = (error as Error).message.split(': ').at(-1)!;
    return `(${shown(pattern)}) is not a regular expression of Unicode: ${reason}`;
  }
}

/** What the compiler itself finds: references that lead nowhere, and keywords that do not fit together. */
function compileProblems(ajv: Ajv, schema: SchemaObject): readonly string[] {
  said = [];
  try {
    ajv.compile(schema);
  } catch (error) {
    said.push((error as Error).message);
  } finally {
    ajv.removeSchema(schema);
  }
  return said.map((message) => {
    const [, problem, place] =
      /^(?:strict mode: )?(.*) at "[^"#]*(#[^"]*)"(?: \(\w+\))?$/.exec(message) ?? [];
    return problem === undefined || place === undefined
      ? `# ${message.replace(/^strict mode: /, '')}`
      : `${place}: ${inOurWords(problem)}`;
  });
}

/** What the compiler says of keywords that do not fit together, with the remedy. */
function inOurWords(problem: string): string {
  const [, missing, keyword] = /^missing type "([^"]+)" for keyword "([^"]+)"$/.exec(problem) ?? [];
  if (missing !== undefined && keyword !== undefined) {
    return `'${keyword}' is of another type than is named beside it: add type '${missing.split(',', 1)[0]!}', or leave it out`;
  }
  const [, required] = /^required property "(.*)" is not defined$/.exec(problem) ?? [];
  if (required !== undefined) {
    return `'${required}' is required and not described: add it to 'properties'`;
  }
  return problem === 'use allowUnionTypes to allow union type keyword'
    ? "several types at once leave open which one comes: name one, or use 'anyOf' with one type each"
    : problem;
}
