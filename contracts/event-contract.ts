import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import {
  type Check,
  flag,
  listOf,
  must,
  oneOf,
  optional,
  type Shape,
  shapeProblems,
  shown,
  text,
} from './checks.ts';
import type { KeyProperties } from './composite-key.ts';
import { DELIVERIES, type Delivery, deliveryProblems } from './delivery.ts';
import { keyProblems } from './event-key.ts';
import { inexactIntegers } from './exact-integers.ts';
import { markProblems } from './marks.ts';
import { schemaProblems } from './schema-compiler.ts';
import { type Compatibility, compatibilityCheck } from './compatibility/option.ts';
import { isObject } from './subschemas.ts';

/** A JSON Schema of an object: what the `data` of an event looks like. */
export type EventSchema = JSONSchema & {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, JSONSchema>>;
  readonly required?: readonly string[];
};

/** Properties that a schema names. Others may be there, but nobody has said what they are. */
type Named<Data> = { [Name in keyof Data as string extends Name ? never : Name]: Data[Name] };

/** The type that a schema describes; of a schema that is not written out, nothing is known. */
export type DataOf<Schema extends EventSchema> = string extends keyof Schema['properties']
  ? Record<string, unknown>
  : Named<FromSchema<Schema>>;

declare const dataType: unique symbol;

/**
 * What producers and consumers of one event agree on. Plain data: topics, subscriptions, routes,
 * scopes, scalers, alerts and the handler's TypeScript type all follow from it.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export interface EventContract<Data = unknown, Type extends string = string> {
  /** CloudEvents `type`, reverse-DNS, e.g. `com.myapp.task.created`. */
  readonly type: Type;
  /**
   * Version of the schema, `major.minor.patch`. Events name it (`dataschema`). A change of `major` breaks
   * consumers: they subscribe to each major version that they can read.
   */
  readonly version: string;
  /** Topic that carries the event, e.g. `task-created`. */
  readonly topic: string;
  /**
   * Required property of `data` whose value is the partition key: what a broker that keeps an
   * order keeps it by. A bounded integer, or a string of at most 512 bytes: with `maxLength` of at most
   * 128, an enum, or format `uuid`.
   *
   * A list of two or more properties is a composite key: events with the same values of all of them keep their order.
   * In total it has at most 512 bytes.
   *
   * @see {@link eventKey} for its text.
   * @example
   * key: ['tenant', 'service', 'env', 'version'] // team-a:payments:prod:v2
   */
  readonly key: string | readonly string[];
  /**
   * Whether consumers need the events of one key in their order. A broker, or a number of pods, that
   * cannot give it is then refused.
   * @default false
   */
  readonly ordered?: boolean;
  /**
   * The weakest delivery that an event may have, on its way from the producer and at consumers. By default, producers
   * publish it with `tx.publish` alone, and consumers have its effect once. Of `at-least-once` and `at-most-once`,
   * producers may also send it without a transaction (`eventSender` of the runtime), and consumers in other
   * languages may handle it without an inbox. For technical events that nobody misses, or that are soon followed by another one, such as
   * measurements.
   *
   * It contradicts `ordered`, since what is lost or repeated is not in its order, and commands, which are carried out once.
   * @default 'effect-once'
   */
  readonly delivery?: Delivery;
  /**
   * Required property of `data` that names the person whom its personal data are about: values that the schema
   * marks with `pii: true` are encrypted with a key of this person.
   * @default - the key. With a composite key and personal data, it must be said
   */
  readonly subject?: string;
  /**
   * What new versions of the contract keep within their major: a mode, or a mode and a policy. Pods of the old version
   * receive new events during a rollout, and topics hold old ones, so both directions are kept by default. With
   * `backward`, deploy consumers before producers.
   *
   * @default { mode: 'full-transitive', policy: 'lenient' }
   * @example
   * compatibility: 'backward'
   */
  readonly compatibility?: Compatibility;
  /**
   * Whether it is a command: it asks for something, and exactly one app of the platform handles it. Use `defineCommand`.
   * @default false - an event, which any number of apps handle
   */
  readonly command?: boolean;
  /** The event that answers a command. Use `defineCommand`. @default - no answer */
  readonly reply?: EventContract;
  /** The same command on topics of their own, by priority. Use `defineCommand`. @default - one topic */
  readonly priorities?: Readonly<Record<string, EventContract<Data>>>;
  /** One sentence on what has happened when this event is published, or on what a command asks for. */
  readonly description: string;
  /**
   * JSON Schema (draft 7) of `data`. Its integers have bounds within ±(2^53 - 1). `pii: true` marks strings
   * that are personal data, `claimCheck: true` properties that may be large.
   */
  readonly schema: EventSchema;
  /** Carries the type of `data` for the compiler; never there at run time. */
  readonly [dataType]?: Data;
}

/** The TypeScript type of the `data` of a contract's events. */
export type EventData<Contract extends EventContract> =
  Contract extends EventContract<infer Data> ? Data : never;

const TYPE_PATTERN = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){2,}$/;
const VERSION_PATTERN = /^\d+\.\d+\.\d+$/;
/** Kafka allows 249 characters; the dead-letter topics of consumers need room behind the name. */
const TOPIC_PATTERN = /^[a-z0-9](?:[a-z0-9._-]{0,148}[a-z0-9])?$/;

/** A check of a text by its form. */
function form(pattern: RegExp, message: string): Check {
  return (what, value) =>
    typeof value === 'string' && pattern.test(value) ? [] : [`${what} ${shown(value)} ${message}`];
}

const topicForm = form(
  TOPIC_PATTERN,
  "is not a portable topic name: use at most 150 of a-z, 0-9, '.', '_' and '-', with a letter or digit at both ends",
);
const topicUse = form(
  /(?<!\.dlq)$/,
  "ends in '.dlq', which names dead-letter topics: choose another name",
);

const listOfTexts = listOf(text);
const keyForm: Check = (what, value) => (Array.isArray(value) ? listOfTexts : text)(what, value);

const SHAPE: Shape<Omit<EventContract, typeof dataType>> = {
  type: form(
    TYPE_PATTERN,
    "is not reverse-DNS in lower case: use three or more parts such as 'com.myapp.task.created'",
  ),
  version: form(VERSION_PATTERN, "is not major.minor.patch: use e.g. '1.0.0'"),
  topic: (what, value) => [
    ...topicForm(what, value),
    ...(typeof value === 'string' ? topicUse(what, value) : []),
  ],
  key: keyForm,
  ordered: optional(flag),
  delivery: optional(oneOf(...DELIVERIES)),
  subject: optional(text),
  compatibility: compatibilityCheck,
  description: text,
  command: optional(flag),
  reply: optional(must(isObject, 'must be an event contract: use defineCommand')),
  priorities: optional(must(isObject, 'must be contracts by priority: use defineCommand')),
  schema: (what, value) =>
    isObject(value) && isObject(value.properties)
      ? []
      : [
          `${what} (${shown(value)}) must be a JSON Schema of an object: use { type: 'object', required: […], properties: { … } }`,
        ],
};

/** Every reason why a contract is not usable; empty when it is. */
export function contractProblems(contract: EventContract): string[] {
  const problems = [
    ...shapeProblems(contract, SHAPE),
    ...(isObject(contract) ? deliveryProblems(contract) : []),
  ];
  const { key, subject, schema } = isObject(contract) ? contract : {};
  const isKey =
    typeof key === 'string' ||
    (Array.isArray(key) && key.every((name: unknown) => typeof name === 'string'));
  const canBeRead = isKey && isObject(schema) && isObject(schema.properties);
  return canBeRead
    ? [...problems, ...dataProblems(key, schema), ...markProblems({ key, subject, schema })]
    : problems;
}

/** Every reason why a schema does not describe the data of events with this key. */
function dataProblems(key: KeyProperties, schema: EventSchema): string[] {
  const problems: string[] = [];
  const { type, nullable } = schema as EventSchema & Record<string, unknown>;
  if ((type as unknown) !== 'object') {
    problems.push(`schema is of type ${shown(type)}: data must be an object`);
  }
  if (nullable === true) {
    problems.push('schema is nullable: data must be an object');
  }
  problems.push(...keyProblems(key, schema));
  // What the rest says is of an object, whatever the type.
  const rest = (type as unknown) === 'object' ? schema : { ...(schema as object), type: 'object' };
  return [...problems, ...schemaProblems(rest), ...inexactIntegers(schema)];
}

/**
 * Declares an event. The result is frozen.
 *
 * @throws Error that lists every problem of the contract.
 */
export function defineEvent<const Schema extends EventSchema, const Type extends string>(
  contract: Omit<EventContract<unknown, Type>, 'schema'> & { readonly schema: Schema },
): EventContract<DataOf<Schema>, Type> {
  const problems = contractProblems(contract);
  if (problems.length > 0) {
    const name = shown((contract as Partial<EventContract> | undefined)?.type);
    throw new Error(`event contract ${name} is not valid [EP2001]:\n- ${problems.join('\n- ')}`);
  }
  const { key } = contract;
  const ownKey = typeof key === 'string' ? key : Object.freeze([...key]);
  const defined: unknown = Object.freeze({ ...contract, key: ownKey });
  return defined as EventContract<DataOf<Schema>, Type>;
}
