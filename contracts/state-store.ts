import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { type Check, optional, type Shape, shapeProblems, shown, text } from './checks.ts';
import { schemaProblems } from './schema-compiler.ts';
import { isObject } from './subschemas.ts';
import { type TimeSpan, timeSpan } from './time-span.ts';

/** Properties that a schema names. Others may be there, but nobody has said what they are. */
type Named<Data> = { [Name in keyof Data as string extends Name ? never : Name]: Data[Name] };

/** The type that a schema describes. Without one that is written out, nothing is known. */
type ValueOf<Schema> = [Schema] extends [never]
  ? unknown
  : JSONSchema extends Schema
    ? unknown
    : Schema extends JSONSchema
      ? Schema extends { readonly type: 'object'; readonly properties: object }
        ? Named<FromSchema<Schema>>
        : FromSchema<Schema>
      : unknown;

declare const valueType: unique symbol;

/**
 * A key-value store that apps share: its name, and what its values look like. Plain data: the Dapr component,
 * the rights of apps and the type of values follow from it.
 */
export interface StateStoreContract<Value = unknown> {
  /** Name of the Dapr component, and prefix of its keys, e.g. `task-cache`. Apps that name the store share its keys. */
  readonly name: string;
  /** One sentence on what is kept in it. */
  readonly description: string;
  /** Time after which a value is forgotten that is set without a time of its own. @default - values are kept */
  readonly ttl?: TimeSpan;
  /**
   * JSON Schema (draft 7) of values. They are checked when they are written, and when they are read: a value that no longer
   * fits counts as missing.
   * @default - any JSON
   */
  readonly schema?: JSONSchema;
  /** Carries the type of values for the compiler; never there at run time. */
  readonly [valueType]?: Value;
}

/** The TypeScript type of the values of a state store. */
export type StateValue<Contract extends StateStoreContract> =
  Contract extends StateStoreContract<infer Value> ? Value : never;

/** Dapr's components and the prefixes of keys have such names. */
const NAME_PATTERN = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** A year, in seconds. */
const MAX_TTL = 366 * 86_400;

const nameForm: Check = (what, value) =>
  typeof value === 'string' && NAME_PATTERN.test(value)
    ? []
    : [
        `${what} ${shown(value)} is not a DNS label: use at most 63 of a-z, 0-9 and '-', starting with a letter`,
      ];

const SHAPE: Shape<Omit<StateStoreContract, typeof valueType>> = {
  name: nameForm,
  description: text,
  ttl: optional(timeSpan(1, MAX_TTL)),
  schema: optional((what, value) =>
    isObject(value)
      ? schemaProblems(value)
      : [`${what} (${shown(value)}) must be a JSON Schema, e.g. { type: 'string' }`],
  ),
};

/** Every reason why a state store is not usable; empty when it is. */
export function stateStoreProblems(store: StateStoreContract): readonly string[] {
  return shapeProblems(store, SHAPE);
}

/**
 * Declares a state store. The result is frozen.
 *
 * @throws Error that lists every problem of the store.
 *
 * @example
 * const TaskCache = defineStateStore({
 *   name: 'task-cache',
 *   description: 'Tasks, by their id.',
 *   ttl: { minutes: 10 },
 *   schema: {
 *     type: 'object',
 *     required: ['title'],
 *     properties: { title: { type: 'string' } },
 *   },
 * });
 */
export function defineStateStore<const Schema extends JSONSchema = never>(
  store: Omit<StateStoreContract, 'schema' | typeof valueType> & { readonly schema?: Schema },
): StateStoreContract<ValueOf<Schema>> {
  const problems = stateStoreProblems(store);
  if (problems.length > 0) {
    const name = shown((store as Partial<StateStoreContract> | undefined)?.name);
    throw new Error(`state store ${name} is not valid [EP2014]:\n- ${problems.join('\n- ')}`);
  }
  return Object.freeze({ ...store });
}
