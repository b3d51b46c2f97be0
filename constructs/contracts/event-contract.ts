import type { FromSchema, JSONSchema } from 'json-schema-to-ts';
import { inexactIntegers, keyProblem } from './exact-integers.ts';

/** A JSON Schema of an object: what the `data` of an event looks like. */
export type EventSchema = JSONSchema & {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, JSONSchema>>;
  readonly required?: readonly string[];
};

/** Properties that a schema names. Others may be there, but nobody has said what they are. */
type Named<Data> = { [Name in keyof Data as string extends Name ? never : Name]: Data[Name] };

/** The type that a schema describes; of a schema that is not written out, nothing is known. */
type DataOf<Schema extends EventSchema> = string extends keyof Schema['properties']
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
  /** Version of the schema, `major.minor.patch`. A change of `major` breaks consumers. */
  readonly version: string;
  /** Topic that carries the event, e.g. `task-created`. */
  readonly topic: string;
  /**
   * Required property of `data` whose value is the partition key: what a broker that keeps an
   * order keeps it by. A string or a bounded integer.
   */
  readonly key: string;
  /**
   * Whether consumers need the events of one key in their order. A broker, or a number of pods, that
   * cannot give it is then refused.
   * @default false
   */
  readonly ordered?: boolean;
  /** One sentence on what has happened when this event is published. */
  readonly description: string;
  /** JSON Schema (draft 7) of `data`. Its integers have bounds within ±(2^53 - 1). */
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

/** Every reason why a contract is not usable; empty when it is. */
export function contractProblems(contract: EventContract): string[] {
  const problems: string[] = [];
  if (!TYPE_PATTERN.test(contract.type)) {
    problems.push(
      `type '${contract.type}' is not reverse-DNS in lower case: use three or more parts such as 'com.myapp.task.created'`,
    );
  }
  if (!VERSION_PATTERN.test(contract.version)) {
    problems.push(`version '${contract.version}' is not major.minor.patch: use e.g. '1.0.0'`);
  }
  if (!TOPIC_PATTERN.test(contract.topic)) {
    problems.push(
      `topic '${contract.topic}' is not a portable topic name: use at most 150 of a-z, 0-9, '.', '_' and '-', with a letter or digit at both ends`,
    );
  }
  if (contract.topic.endsWith('.dlq')) {
    problems.push(
      `topic '${contract.topic}' ends in '.dlq', which names dead-letter topics: choose another name`,
    );
  }
  const schemaType: string = contract.schema.type;
  if (schemaType !== 'object') {
    problems.push(`schema is of type '${schemaType}': data must be an object`);
  }
  if (!Object.hasOwn(contract.schema.properties, contract.key)) {
    problems.push(
      `key '${contract.key}' is not a property of the schema: use one of ${Object.keys(contract.schema.properties).join(', ')}`,
    );
  } else if (!contract.schema.required?.includes(contract.key)) {
    problems.push(
      `key '${contract.key}' is optional in the schema: list it under 'required', or events without it lose their order`,
    );
  }
  if (Object.hasOwn(contract.schema.properties, contract.key)) {
    const problem = keyProblem(contract.key, contract.schema.properties[contract.key]);
    problems.push(...(problem === undefined ? [] : [problem]));
  }
  return [...problems, ...inexactIntegers(contract.schema)];
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
    throw new Error(`event contract '${contract.type}' is not usable:\n- ${problems.join('\n- ')}`);
  }
  return Object.freeze({ ...contract }) as never;
}
