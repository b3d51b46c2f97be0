import { type Check, optional, type Shape, shapeProblems, shown, text } from './checks.ts';
import type { DataOf, EventContract, EventSchema } from './event-contract.ts';
import { inexactIntegers } from './exact-integers.ts';
import { marksOf } from './marks.ts';
import { schemaProblems } from './schema-compiler.ts';
import { isObject } from './subschemas.ts';

declare const dataType: unique symbol;

/**
 * An event that an app keeps in a store of its own, and which is not published. One that is published, too, is declared
 * with `defineEvent` instead: a store takes both.
 */
export interface StoredEventContract<Data = unknown, Type extends string = string> {
  /** What has happened, reverse-DNS, e.g. `com.example.account.opened`. */
  readonly type: Type;
  /** Version of the schema, `major.minor.patch`. What is stored of an older major is converted when it is read. */
  readonly version: string;
  /** One sentence on what has happened. */
  readonly description: string;
  /** JSON Schema (draft 7) of an object: what the data look like. `pii: true` marks strings that are personal data. */
  readonly schema: EventSchema;
  /** Required property of the data that names the person whom its personal data are about. @default - it holds none */
  readonly subject?: string;
  /** Carries the type of `data` for the compiler; never there at run time. */
  readonly [dataType]?: Data;
}

/** The TypeScript type of the data of a contract's events, whether or not they are published. */
export type StoredEventData<Contract extends StoredEventContract> =
  Contract extends EventContract<infer Data>
    ? Data
    : Contract extends StoredEventContract<infer Data>
      ? Data
      : never;

function form(pattern: RegExp, message: string): Check {
  return (what, value) =>
    typeof value === 'string' && pattern.test(value) ? [] : [`${what} ${shown(value)} ${message}`];
}

const SHAPE: Shape<Omit<StoredEventContract, typeof dataType>> = {
  type: form(
    /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){2,}$/,
    "is not reverse-DNS in lower case: use three or more parts such as 'com.example.account.opened'",
  ),
  version: form(/^\d+\.\d+\.\d+$/, "is not major.minor.patch: use e.g. '1.0.0'"),
  description: text,
  subject: optional(text),
  schema: (what, value) =>
    isObject(value) && isObject(value.properties) && value.type === 'object'
      ? []
      : [
          `${what} (${shown(value)}) must be a JSON Schema of an object: use { type: 'object', required: […], properties: { … } }`,
        ],
};

/** Every reason why a stored event is not usable; empty when it is. */
export function storedEventProblems(contract: StoredEventContract): readonly string[] {
  const problems = shapeProblems(contract, SHAPE);
  if (problems.length > 0) {
    return problems;
  }
  const { schema, subject } = contract;
  const marks = marksOf(schema);
  const { required = [], properties } = schema;
  return [
    ...schemaProblems(schema),
    ...inexactIntegers(schema),
    ...(marks.has('claimCheck')
      ? ['schema marks a claimCheck: a store keeps large values itself, leave the mark out']
      : []),
    ...(marks.has('pii') && subject === undefined
      ? ['subject is missing: the schema marks personal data (pii), say whom they are about']
      : []),
    ...(subject !== undefined && !(required.includes(subject) && Object.hasOwn(properties, subject))
      ? [`subject '${subject}' must be a required property of the schema`]
      : []),
  ];
}

/**
 * Declares an event that is stored and not published. The result is frozen.
 *
 * @throws Error that lists every problem of the event.
 *
 * @example
 * const MoneyDeposited = defineStoredEvent({
 *   type: 'com.example.account.deposited',
 *   version: '1.0.0',
 *   description: 'Money was paid into an account.',
 *   schema: {
 *     type: 'object',
 *     required: ['amount'],
 *     properties: { amount: { type: 'integer', minimum: 1, maximum: 1000000 } },
 *   },
 * });
 */
export function defineStoredEvent<const Schema extends EventSchema, const Type extends string>(
  contract: Omit<StoredEventContract<unknown, Type>, 'schema' | typeof dataType> & {
    readonly schema: Schema;
  },
): StoredEventContract<DataOf<Schema>, Type> {
  const problems = storedEventProblems(contract);
  if (problems.length > 0) {
    const type = shown((contract as Partial<StoredEventContract> | undefined)?.type);
    throw new Error(`stored event ${type} is not valid [EP2020]:\n- ${problems.join('\n- ')}`);
  }
  return Object.freeze({ ...contract });
}
