import { randomUUID } from 'node:crypto';
import { parseExactly } from './exact-json.ts';

/** Attributes of an event in the JSON format of CloudEvents. */
export type Envelope = Readonly<Record<string, unknown>>;

/** Where an event is published to, by whom, and in which trace. */
export interface Publication {
  readonly appId: string;
  readonly pubSub: string;
  readonly topic: string;
  readonly traceparent: string;
  readonly tracestate: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of the request and the entry. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Attributes that metadata such as `cloudevent.id` sets, in lower case. */
const OVERRIDES = ['id', 'source', 'type', 'subject', 'traceid', 'traceparent', 'tracestate'];

/** Whether a content type is this one, with or without parameters. */
export function isMediaType(contentType: string, expected: string): boolean {
  return contentType.toLowerCase().split(';', 1)[0] === expected;
}

/** Whether the content is a CloudEvent, in JSON. */
export function isCloudEvent(contentType: string): boolean {
  return isMediaType(contentType, 'application/cloudevents+json');
}

/** The time as Go writes it by RFC 3339. */
export function wholeSeconds(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

function overridden(metadata: Publication['metadata']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).flatMap(([name, value]) => {
      const attribute = /^cloudevent\.(.*)$/i.exec(name)?.[1]!.toLowerCase();
      return attribute !== undefined && OVERRIDES.includes(attribute) ? [[attribute, value]] : [];
    }),
  );
}

/** Content as an attribute: JSON where the content type says so and it is, bytes in Base64, else a text. */
function dataOf(data: Buffer, contentType: string): Envelope {
  if (isMediaType(contentType, 'application/json')) {
    try {
      return { data: parseExactly(data.toString()) };
    } catch {
      // A text then, as daprd has it.
    }
  } else if (isMediaType(contentType, 'application/octet-stream')) {
    return { data_base64: data.toString('base64') };
  }
  return { data: data.toString() };
}

function withExpiration(event: Envelope, { metadata, now }: Publication): Envelope {
  const { ttlInSeconds } = metadata;
  return ttlInSeconds === undefined
    ? event
    : { ...event, expiration: wholeSeconds(new Date(now + Number(ttlInSeconds) * 1000)) };
}

/** Wraps content that is not a CloudEvent. */
function wrapped(data: Buffer, contentType: string, publication: Publication): Envelope {
  const { appId, pubSub, topic, traceparent, tracestate, metadata, now } = publication;
  const { subject, ...overrides } = overridden(metadata);
  const trace = overrides.traceparent ?? overrides.traceid ?? traceparent;
  const datacontenttype = contentType === '' ? 'text/plain' : contentType;
  return {
    ...{ id: randomUUID(), source: appId, type: 'com.dapr.event.sent', tracestate, ...overrides },
    ...{ specversion: '1.0', datacontenttype, topic, pubsubname: pubSub },
    ...{ traceid: trace, traceparent: trace, time: wholeSeconds(new Date(now)) },
    ...dataOf(data, datacontenttype),
    ...(subject !== undefined && { subject }),
  };
}

/** Completes a CloudEvent. @throws SyntaxError when it is not a JSON object. */
function completed(data: Buffer, publication: Publication): Envelope {
  const { pubSub, topic, traceparent, tracestate, now } = publication;
  const given = parseExactly(data.toString());
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new SyntaxError('the event is not a JSON object');
  }
  const event = given as Envelope;
  return {
    ...{ time: wholeSeconds(new Date(now)), tracestate, ...event },
    // The trace of the request replaces that of the event, unless it has the older `traceid`.
    ...(!('traceid' in event) && { traceid: traceparent, traceparent }),
    source: event.source ?? 'Dapr',
    type: event.type ?? 'com.dapr.event.sent',
    specversion: event.specversion ?? '1.0',
    topic,
    pubsubname: pubSub,
  };
}

/**
 * The event that is published for the content of a request, as daprd makes it.
 *
 * @throws SyntaxError when the content type says that it is a CloudEvent, and it is not.
 * @see https://github.com/dapr/components-contrib/blob/v1.18.4/pubsub/envelope.go
 */
export function toEnvelope(data: Buffer, contentType: string, publication: Publication): Envelope {
  const event = isCloudEvent(contentType)
    ? completed(data, publication)
    : wrapped(data, contentType, publication);
  return withExpiration(event, publication);
}
