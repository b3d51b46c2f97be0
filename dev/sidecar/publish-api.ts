import type { IncomingMessage } from 'node:http';
import type { Broker, NewRecord } from '../broker/broker.ts';
import { readBody, Refusal } from './answers.ts';
import type { AppResources, PubSub } from './app-resources.ts';
import { isCloudEvent, isMediaType, type Publication, toEnvelope } from './cloud-event.ts';
import type { Scheduler } from './scheduler.ts';
import { childOf } from './trace.ts';

/** An answer with a status; without a body it has no content. */
export interface PublishAnswer {
  readonly status: number;
  readonly body?: unknown;
}

/** An entry of a request that publishes several events. */
interface Entry {
  readonly entryId?: string;
  readonly event?: unknown;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>> | null;
}

/** Metadata of Kafka's component that is the key of a message. */
const KEYS = ['partitionKey', '__key'];

/** Content of a tombstone. */
const NULL = Buffer.from('null');

/** What Sarama adds to a message's size: for itself, and for each header. */
const RECORD_OVERHEAD = 36;
const HEADER_OVERHEAD = 10;

/** The size of a message as Dapr's Kafka component counts it. */
function sizeOf({ key, value, headers }: NewRecord): number {
  const ofHeaders = Object.entries(headers).map(
    ([name, text]) => HEADER_OVERHEAD + Buffer.byteLength(name) + Buffer.byteLength(text),
  );
  return ofHeaders.reduce(
    (sum, bytes) => sum + bytes,
    RECORD_OVERHEAD + (key?.length ?? 0) + (value?.length ?? 0),
  );
}

/** A record with the key that its metadata name. The content `null` is a tombstone, as Dapr's Kafka component has it. */
export function toRecord(content: Uint8Array, metadata: NewRecord['headers']): NewRecord {
  const key = KEYS.map((name) => metadata[name]).find((text) => text !== undefined);
  return {
    value: NULL.equals(content) ? null : content,
    headers: metadata,
    key: key === undefined ? undefined : Buffer.from(key),
  };
}

/** Content of an entry as bytes. @throws Error when it does not match its content type. */
function entryBytes({ event, contentType = '' }: Entry): Buffer {
  if (isMediaType(contentType, 'application/octet-stream') && typeof event === 'string') {
    return Buffer.from(event, 'base64');
  }
  const isText = /^text\//i.test(contentType) || isMediaType(contentType, 'application/xml');
  if (isText && typeof event === 'string') {
    return Buffer.from(event);
  }
  if (isMediaType(contentType, 'application/json') || isCloudEvent(contentType)) {
    return Buffer.from(JSON.stringify(event ?? null));
  }
  throw new Error('error: mismatch between contentType and event');
}

/** A part of a path; one that cannot be decoded stays as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function metadataOf(url: URL): Record<string, string> {
  return Object.fromEntries(
    [...url.searchParams].flatMap(([name, value]) =>
      name.startsWith('metadata.') ? [[name.slice('metadata.'.length), value]] : [],
    ),
  );
}

/** Publishes for one app, within its scopes, as `POST /v1.0/publish` of daprd does. */
export class PublishApi {
  public constructor(
    private readonly resources: AppResources,
    private readonly broker: Broker,
    private readonly scheduler: Scheduler,
  ) {}

  /** Publishes the event of a request. @throws Refusal */
  public async publish(request: IncomingMessage, url: URL, target: string): Promise<PublishAnswer> {
    const { pubSub, topic } = this.#target(target);
    const body = await readBody(request, this.resources.maxBodyBytes);
    if (body === undefined) {
      throw failed(topic, pubSub, 'http: request body too large');
    }
    const metadata = metadataOf(url);
    let value = body;
    if (metadata.rawPayload !== 'true') {
      try {
        const publication = this.#publication(request, pubSub, topic, metadata);
        const contentType = request.headers['content-type'] ?? '';
        value = Buffer.from(JSON.stringify(toEnvelope(body, contentType, publication)));
      } catch {
        throw new Refusal(500, 'ERR_PUBSUB_CLOUD_EVENTS_SER', 'cannot create cloudevent');
      }
    }
    await this.append(pubSub, topic, [toRecord(value, metadata)]);
    return { status: 204 };
  }

  /** Publishes the events of a request, all that are not too large in one transaction. @throws Refusal */
  public async publishMany(
    request: IncomingMessage,
    url: URL,
    target: string,
  ): Promise<PublishAnswer> {
    const { pubSub, topic } = this.#target(target);
    const body = await readBody(request, this.resources.maxBodyBytes);
    const metadata = metadataOf(url);
    const entries = parseEntries(body, topic, pubSub);
    const records = entries.map((entry) =>
      this.#entryRecord(entry, request, { pubSub, topic, metadata }),
    );
    this.#allow(pubSub, topic);
    const fits = records.map((record) => sizeOf(record) <= pubSub.maxMessageBytes);
    await this.append(
      pubSub,
      topic,
      records.filter((_, index) => fits[index]),
    );
    const tooLarge = entries.filter((_, index) => !fits[index]);
    return tooLarge.length === 0
      ? { status: 204 }
      : {
          status: 500,
          body: {
            failedEntries: tooLarge.map(({ entryId }) => ({ entryId, error: TOO_LARGE })),
            errorCode: 'ERR_PUBSUB_PUBLISH_MESSAGE',
          },
        };
  }

  /** Appends records in the app's name. @throws Refusal when it may not, or a record is too large. */
  public async append(pubSub: PubSub, topic: string, records: readonly NewRecord[]): Promise<void> {
    this.#allow(pubSub, topic);
    if (records.some((record) => sizeOf(record) > pubSub.maxMessageBytes)) {
      throw failed(topic, pubSub, TOO_LARGE);
    }
    await this.broker.append(topic, records).catch((error: unknown) => {
      throw failed(topic, pubSub, (error as Error).message);
    });
  }

  #entryRecord(
    entry: Entry,
    request: IncomingMessage,
    { pubSub, topic, metadata }: { pubSub: PubSub; topic: string; metadata: NewRecord['headers'] },
  ): NewRecord {
    const own = { ...metadata, ...entry.metadata };
    try {
      const bytes = entryBytes(entry);
      const publication = this.#publication(request, pubSub, topic, own);
      const value =
        metadata.rawPayload === 'true'
          ? bytes
          : Buffer.from(JSON.stringify(toEnvelope(bytes, entry.contentType ?? '', publication)));
      return toRecord(value, { ...own, ...metadata });
    } catch (error) {
      throw new Refusal(400, 'ERR_PUBSUB_EVENTS_SER', (error as Error).message);
    }
  }

  #publication(
    { headers }: IncomingMessage,
    pubSub: PubSub,
    topic: string,
    metadata: NewRecord['headers'],
  ): Publication {
    const { tracestate = '' } = headers;
    return {
      ...{ appId: this.resources.appId, pubSub: pubSub.name, topic, metadata },
      now: this.scheduler.now(),
      traceparent: childOf(headers.traceparent),
      tracestate: String(tracestate),
    };
  }

  /** The component and topic of a path such as `pubsub/orders`. */
  #target(target: string): { pubSub: PubSub; topic: string } {
    const [name = '', ...rest] = target.split('/').map(decoded);
    const pubSub = this.resources.pubSubs.get(name);
    if (pubSub === undefined) {
      throw new Refusal(404, 'ERR_PUBSUB_NOT_FOUND', `pubsub ${name} is not found`);
    }
    const topic = rest.join('/');
    if (topic === '') {
      throw new Refusal(404, 'ERR_TOPIC_NAME_EMPTY', `topic is empty in pubsub ${name}`);
    }
    return { pubSub, topic };
  }

  #allow({ scopes }: PubSub, topic: string): void {
    if (!scopes.mayPublish(topic)) {
      const { appId } = this.resources;
      const reason = `topic ${topic} is not allowed for app id ${appId}`;
      throw new Refusal(403, 'ERR_PUBSUB_FORBIDDEN', reason);
    }
  }
}

const TOO_LARGE =
  'kafka: invalid configuration (Attempt to produce message larger than configured Producer.MaxMessageBytes)';

function failed(topic: string, { name }: PubSub, reason: string): Refusal {
  return new Refusal(
    500,
    'ERR_PUBSUB_PUBLISH_MESSAGE',
    `error when publishing to topic ${topic} in pubsub ${name}: ${reason}`,
  );
}

/** The entries of a body, each with an id of its own. @throws Refusal */
function parseEntries(body: Buffer | undefined, topic: string, { name }: PubSub): Entry[] {
  const refuse = (reason: string) =>
    new Refusal(
      400,
      'ERR_PUBSUB_EVENTS_SER',
      `error when unmarshaling the request for topic ${topic} pubsub ${name}: ${reason}`,
    );
  let entries: unknown;
  try {
    entries = JSON.parse(body?.toString() ?? '');
  } catch (error) {
    throw refuse(body === undefined ? 'http: request body too large' : (error as Error).message);
  }
  const isEntry = (entry: unknown) => typeof entry === 'object' && entry !== null;
  if (!Array.isArray(entries) || !entries.every(isEntry)) {
    throw refuse('it is not a list of entries');
  }
  const found = entries as Entry[];
  const ids = new Set(found.map(({ entryId }) => entryId));
  if (ids.size < found.length || ids.has(undefined) || ids.has('')) {
    throw refuse('entryId is duplicated or not present for entry');
  }
  return found;
}
