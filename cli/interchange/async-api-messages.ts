import { isObject } from '@cdk8s-event-platform/contracts/internal';
import { childOf, type Documents, entriesOf, type Located } from './documents.ts';
import type { Findings } from './findings.ts';
import type { FoundMessage } from './found-message.ts';

/** A message, and the topic that it is on. */
interface Use {
  readonly name: string;
  readonly message: Located;
  readonly topic: string | undefined;
}

/** Fields of a message that a contract has a place for, or that are read otherwise. */
const READ: ReadonlySet<string> = new Set([
  ...['name', 'title', 'summary', 'description', 'contentType', 'schemaFormat', 'payload'],
  ...['bindings', 'traits', 'messageId', '$ref', 'x-event-contract'],
]);
/** Formats of schemas that are JSON Schema, or close to it. */
const JSON_SCHEMA = /^application\/(?:vnd\.aai\.asyncapi|vnd\.oai\.openapi|schema)(?:[+;]|$)/;
const JSON_CONTENT = /^[\w.+-]+\/(?:[\w.-]+\+)?json(?:;|$)/i;

function isVersion2(root: Located): boolean {
  return String((root.value as Readonly<Record<string, unknown>>).asyncapi).startsWith('2.');
}

/** The last name of a reference or pointer. */
function lastToken(pointer: string): string {
  return pointer.split('/').at(-1)!.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Messages of the operations of a channel in AsyncAPI 2. */
function messagesOf2(documents: Documents, address: string, channel: Located): [string, Located][] {
  return ['publish', 'subscribe'].flatMap((action) => {
    const message = documents.find(channel, action, 'message');
    const { oneOf } = isObject(message?.value) ? message.value : {};
    const messages = Array.isArray(oneOf)
      ? oneOf.map((_, index) => childOf(message!, 'oneOf', String(index)))
      : message === undefined
        ? []
        : [message];
    return messages.map((each): [string, Located] => {
      const { $ref: reference, name, messageId } = each.value as Readonly<Record<string, unknown>>;
      const named = typeof reference === 'string' ? lastToken(reference) : (messageId ?? name);
      return [typeof named === 'string' ? named : address, each];
    });
  });
}

function usesOf(documents: Documents, root: Located): Use[] {
  const is2 = isVersion2(root);
  const uses = entriesOf(childOf(root, 'channels')).flatMap(([id, place]) => {
    const channel = documents.follow(place);
    const address = is2 ? id : documents.textAt(channel, 'address');
    const topic = documents.textAt(channel, 'bindings', 'kafka', 'topic') ?? address;
    const messages = is2
      ? messagesOf2(documents, id, channel)
      : entriesOf(documents.find(channel, 'messages') ?? { ...channel, value: undefined });
    return messages.map(([name, message]) => ({
      ...{ name, topic },
      message: documents.follow(message),
    }));
  });
  const used = new Set(uses.map(({ message }) => documents.placeOf(message)));
  const others = entriesOf(childOf(root, 'components', 'messages'))
    .map(([name, place]) => ({ name, topic: undefined, message: documents.follow(place) }))
    .filter(({ message }) => !used.has(documents.placeOf(message)));
  const found = new Map(
    [...uses, ...others].map((use) => [
      `${documents.placeOf(use.message)} ${use.topic ?? ''}`,
      use,
    ]),
  );
  return [...found.values()];
}

/** Finds fields of a message and of its traits, of which in AsyncAPI 2 the traits come first. */
function finderOf(documents: Documents, message: Located, is2: boolean) {
  const { traits } = message.value as Readonly<Record<string, unknown>>;
  const all = (Array.isArray(traits) ? traits : [])
    .map((_, index) => documents.follow(childOf(message, 'traits', String(index))))
    .reverse();
  const places = is2 ? [...all, message] : [message, ...all];
  const find = (...tokens: readonly string[]) =>
    places.map((place) => documents.find(place, ...tokens)).find((found) => found !== undefined);
  const fields = new Set(places.flatMap((place) => entriesOf(place).map(([name]) => name)));
  return { find, fields };
}

/** The messages of an AsyncAPI document of version 2 or 3. */
export function asyncApiMessages(
  documents: Documents,
  root: Located,
  findings: Findings,
): FoundMessage[] {
  const is2 = isVersion2(root);
  return usesOf(documents, root).flatMap(({ name, message, topic }) => {
    const at = documents.placeOf(message);
    if (!isObject(message.value)) {
      findings.problem(at, 'is not a message');
      return [];
    }
    const { find, fields } = finderOf(documents, message, is2);
    const text = (...tokens: readonly string[]) => {
      const value = find(...tokens)?.value;
      return typeof value === 'string' ? value : undefined;
    };
    const content = text('contentType') ?? documents.textAt(root, 'defaultContentType');
    if (content !== undefined && !JSON_CONTENT.test(content)) {
      findings.problem(
        at,
        `contentType '${content}' is not JSON, which events of a platform are: agree with its team on application/cloudevents+json`,
      );
    }
    const described = find('payload');
    const isMulti =
      isObject(described?.value) &&
      'schemaFormat' in described.value &&
      'schema' in described.value;
    const format = isMulti ? text('payload', 'schemaFormat') : text('schemaFormat');
    const payload = isMulti ? find('payload', 'schema') : described;
    if (format !== undefined && !JSON_SCHEMA.test(format)) {
      findings.problem(
        at,
        `schemaFormat '${format}' is not JSON Schema: ask its team for a JSON Schema of the event, and import that`,
      );
      return [];
    }
    if (payload === undefined) {
      findings.problem(at, 'has no payload: add the schema of its event');
      return [];
    }
    const others = [...fields].filter((field) => !READ.has(field));
    if (others.length > 0) {
      findings.note(at, `${others.join(', ')} left out: a contract describes the data alone`);
    }
    return [
      {
        ...{ name, place: message, payload, topic },
        brokerKey: find('bindings', 'kafka', 'key'),
        contract: find('x-event-contract'),
        description: text('description') ?? text('summary') ?? text('title'),
      },
    ];
  });
}
