import type { Delivery, EventContract, EventSchema } from '@cdk8s-event-platform/contracts';
import {
  contractProblems,
  isObject,
  keyNames,
  keyProblem,
  type KeyProperties,
  MAX_KEY_BYTES,
  type Subschema,
} from '@cdk8s-event-platform/contracts/internal';
import type { Documents, Located } from './documents.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import type { Findings } from './findings.ts';
import type { FoundMessage } from './found-message.ts';
import { propertiesOf, SchemaImport } from './import-schema.ts';
import { endlessReference } from './references.ts';

/** What the command line says of a message, where the file does not. */
export interface Given {
  readonly type?: string | undefined;
  readonly topic?: string | undefined;
  readonly key?: string | undefined;
  readonly version?: string | undefined;
}

/** A contract, or what is missing for one, with candidates. */
export type Imported =
  | { readonly message: FoundMessage; readonly contract: EventContract }
  | { readonly message: FoundMessage; readonly missing: readonly string[] };

/** Characters of a text in a key, at most. Between the parts of a composite key are separators. */
function maxLengthOf(key: KeyProperties): number {
  const { length } = keyNames(key);
  return Math.floor((MAX_KEY_BYTES - length + 1) / length / 4);
}

function schemaOf(schema: Subschema): { readonly properties: object } {
  return { ...schema, properties: isObject(schema.properties) ? schema.properties : {} };
}

/** A schema whose key is no longer than a broker keeps in order. */
function withShortKey(schema: Subschema, key: KeyProperties): Subschema {
  return keyNames(key).reduce((short, name) => withShort(short, name, maxLengthOf(key)), schema);
}

function withShort(schema: Subschema, key: string, maxLength: number): Subschema {
  const { properties } = schemaOf(schema);
  const property = (properties as Subschema)[key];
  const isText =
    isObject(property) &&
    (property.type === 'string' || '$ref' in property || Array.isArray(property.allOf));
  if (!isText || keyProblem(key, schemaOf(schema)) === undefined) {
    return schema;
  }
  const short = { type: 'string', ...property, maxLength };
  const bounded = { ...schema, properties: { ...properties, [key]: short } };
  return short.type === 'string' && keyProblem(key, bounded) === undefined ? bounded : schema;
}

/** The properties that a key of the command line names: one, or several with commas between. */
function keyOf(text: string, schema: Subschema): KeyProperties {
  return Object.hasOwn(schemaOf(schema).properties, text) || !text.includes(',')
    ? text
    : text.split(',');
}

/** A composite key of a contract that was exported. */
function exportedKey(key: unknown): KeyProperties | undefined {
  return typeof key === 'string' ||
    (Array.isArray(key) && key.every((name): name is string => typeof name === 'string'))
    ? key
    : undefined;
}

/** What is known of an event beside its data. */
type Known = Omit<Given, 'key'> & { readonly key?: KeyProperties | undefined };

/** The properties whose values were made shorter. */
function shortenedOf(before: Subschema, after: Subschema, key: KeyProperties): string {
  const lengthIn = (schema: Subschema, name: string) =>
    (schemaOf(schema).properties as Readonly<Record<string, Subschema>>)[name]?.maxLength;
  return keyNames(key)
    .filter((name) => lengthIn(before, name) !== lengthIn(after, name))
    .map((name) => `'${name}'`)
    .join(', ');
}

/** Properties that can be the key of events. */
function keyCandidates(schema: Subschema): string[] {
  const { required } = schema;
  return Object.keys(schemaOf(schema).properties).filter(
    (name) =>
      Array.isArray(required) &&
      required.includes(name) &&
      keyProblem(name, schemaOf(withShortKey(schema, name))) === undefined,
  );
}

/** The property of the data that a broker's key refers to. */
function keyOnBroker(
  documents: Documents,
  key: Located | undefined,
  data: Located,
): string | undefined {
  if (!isObject(key?.value) || typeof key.value.$ref !== 'string') {
    return undefined;
  }
  const target = documents.placeOf(documents.target(key.value.$ref, key));
  return [...propertiesOf(documents, data)].find(
    ([, place]) => documents.placeOf(place) === target,
  )?.[0];
}

/** What stands for a value that is not known, with the option that says it. */
function missingOf(
  known: Known,
  schema: Subschema,
  types: readonly string[] | undefined,
  documentVersion: string | undefined,
): string[] {
  const keys = keyCandidates(schema);
  const of = types === undefined ? 'e.g. com.example.order.placed' : `one of ${types.join(', ')}`;
  const version =
    documentVersion === undefined ? '' : `; the version of the document is ${documentVersion}`;
  return [
    ...(known.type === undefined ? [`--type with ${of}`] : []),
    ...(known.topic === undefined ? ['--topic with the topic on the broker'] : []),
    ...(known.key === undefined
      ? [
          keys.length === 0
            ? '--key with a property whose value keeps the order of events: none is required, and a text or integer'
            : `--key with one of ${keys.join(', ')}`,
        ]
      : []),
    ...(known.version === undefined ? [`--version, e.g. 1.0.0${version}`] : []),
  ];
}

/** The type of an event: what the envelope says comes first, and must not be contradicted. */
function typeOf(
  types: readonly string[] | undefined,
  given: string | undefined,
  say: (problem: string) => void,
): string | undefined {
  if (types !== undefined && given !== undefined && !types.includes(given)) {
    say(`--type ${given} is not the type of the envelope: use ${types.join(' or ')}`);
  }
  return given ?? (types?.length === 1 ? types[0] : undefined);
}

/** The schema of an event's data, and its description, which is the event's where no message has one. */
function importData(
  documents: Documents,
  message: FoundMessage,
  data: Located,
  findings: Findings,
) {
  const schema = new SchemaImport(documents, findings, data).run();
  const endless = endlessReference(schema);
  if (endless !== undefined) {
    findings.problem(
      documents.placeOf(data),
      `${endless} of its schema refers to itself for the same value, which no check would end: let the reference be in 'properties' or 'items'`,
    );
  }
  const { description, ...rest } = schema;
  const text = typeof description === 'string' ? description : undefined;
  const sentence = message.description ?? text;
  // A schema that is all of the message describes the event.
  return { schema: message.payload === message.place ? rest : schema, sentence };
}

/** What is known of an event beside its data: by the command line, or by the file. */
function knownOf(
  documents: Documents,
  message: FoundMessage,
  { data, types }: Envelope,
  given: Given,
  schema: Subschema,
  findings: Findings,
): Known {
  const own = isObject(message.contract?.value) ? message.contract.value : {};
  const text = (name: string) => (typeof own[name] === 'string' ? own[name] : undefined);
  const say = (problem: string) => findings.problem(documents.placeOf(message.place), problem);
  return {
    type: typeOf(types, given.type, say),
    topic: given.topic ?? message.topic,
    key:
      given.key === undefined
        ? (exportedKey(own.key) ?? keyOnBroker(documents, message.brokerKey, data))
        : keyOf(given.key, schema),
    version: given.version ?? text('version'),
  };
}

/**
 * Makes a contract of a message.
 *
 * @param documentVersion of the AsyncAPI document, which is not that of its events.
 */
export function importMessage(
  documents: Documents,
  message: FoundMessage,
  given: Given,
  findings: Findings,
  documentVersion?: string,
): Imported {
  const at = documents.placeOf(message.place);
  const envelope = readEnvelope(documents, message.payload, findings);
  const { schema, sentence } = importData(documents, message, envelope.data, findings);
  const known = knownOf(documents, message, envelope, given, schema, findings);
  const { type, topic, key, version } = known;
  if (type === undefined || topic === undefined || key === undefined || version === undefined) {
    return { message, missing: missingOf(known, schema, envelope.types, documentVersion) };
  }
  const bounded = withShortKey(schema, key);
  if (bounded !== schema) {
    findings.note(
      at,
      `maxLength ${maxLengthOf(key)} of ${shortenedOf(schema, bounded, key)} is added: events with a longer key have no order`,
    );
  }
  const own = isObject(message.contract?.value) ? message.contract.value : {};
  const contract: EventContract = {
    ...{ type, version, topic, key },
    ...(typeof own.ordered === 'boolean' && { ordered: own.ordered }),
    ...(typeof own.command === 'boolean' && { command: own.command }),
    ...(own.delivery !== undefined && { delivery: own.delivery as Delivery }),
    description: (sentence ?? `Event ${type}.`).trim().replaceAll(/\s+/g, ' '),
    schema: bounded as EventSchema,
  };
  for (const problem of contractProblems(contract)) {
    findings.problem(at, problem);
  }
  return { message, contract };
}
