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

/** What a message is made of, whatever its version: its fields are its own or of its traits. */
class MessageReader {
  readonly #documents: Documents;
  readonly #findings: Findings;
  readonly #use: Use;
  readonly #find: ReturnType<typeof finderOf>['find'];
  readonly #fields: ReadonlySet<string>;

  public constructor(documents: Documents, findings: Findings, use: Use, is2: boolean) {
    this.#documents = documents;
    this.#findings = findings;
    this.#use = use;
    const { find, fields } = finderOf(documents, use.message, is2);
    this.#find = find;
    this.#fields = fields;
  }

  /** The message; undefined when it cannot be one. */
  public read(defaultContentType: string | undefined): FoundMessage | undefined {
    const { name, message, topic } = this.#use;
    const content = this.#text('contentType') ?? defaultContentType;
    if (content !== undefined && !JSON_CONTENT.test(content)) {
      this.#problem(
        `contentType '${content}' is not JSON, which events of a platform are: agree with its team on application/cloudevents+json`,
      );
    }
    const others = [...this.#fields].filter((field) => !READ.has(field));
    if (others.length > 0) {
      const at = this.#documents.placeOf(message);
      this.#findings.note(at, `${others.join(', ')} left out: a contract describes the data alone`);
    }
    const payload = this.#payload();
    return payload === undefined
      ? undefined
      : {
          ...{ name, place: message, payload, topic },
          brokerKey: this.#find('bindings', 'kafka', 'key'),
          contract: this.#find('x-event-contract'),
          description: this.#text('description') ?? this.#text('summary') ?? this.#text('title'),
        };
  }

  /** The schema, which may stand beside its format. */
  #payload(): Located | undefined {
    const payload = this.#find('payload');
    const value = isObject(payload?.value) ? payload.value : {};
    const isMulti = 'schemaFormat' in value && 'schema' in value;
    const format = isMulti ? this.#text('payload', 'schemaFormat') : this.#text('schemaFormat');
    if (format !== undefined && !JSON_SCHEMA.test(format)) {
      this.#problem(
        `schemaFormat '${format}' is not JSON Schema: ask its team for a JSON Schema of the event, and import that`,
      );
      return undefined;
    }
    if (payload === undefined) {
      this.#problem('has no payload: add the schema of its event');
    }
    return isMulti ? this.#find('payload', 'schema') : payload;
  }

  #text(...tokens: readonly string[]): string | undefined {
    const value = this.#find(...tokens)?.value;
    return typeof value === 'string' ? value : undefined;
  }

  #problem(text: string): void {
    this.#findings.problem(this.#documents.placeOf(this.#use.message), text);
  }
}

/** The messages of an AsyncAPI document of version 2 or 3. */
export function asyncApiMessages(
  documents: Documents,
  root: Located,
  findings: Findings,
): FoundMessage[] {
  const content = documents.textAt(root, 'defaultContentType');
  return usesOf(documents, root).flatMap((use) => {
    if (!isObject(use.message.value)) {
      findings.problem(documents.placeOf(use.message), 'is not a message');
      return [];
    }
    return new MessageReader(documents, findings, use, isVersion2(root)).read(content) ?? [];
  });
}
