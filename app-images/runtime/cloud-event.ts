/**
 * An event in the envelope of CloudEvents 1.0, as JSON.
 *
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
 */
export interface CloudEvent<Data = unknown> {
  readonly specversion: '1.0';
  /** Unique within `source`. The same id again is the same event again. */
  readonly id: string;
  /** Who published the event. */
  readonly source: string;
  /** What has happened. */
  readonly type: string;
  /** When it happened, RFC 3339. */
  readonly time?: string;
  readonly datacontenttype?: string;
  readonly data: Data;
}

/** An event that no later try can make acceptable. The message says why, without its contents. */
export class InvalidEventError extends Error {
  public override readonly name = 'InvalidEventError';
}

/** Longest id, source and type: their index in the inbox has to hold them. */
const MAX_ATTRIBUTE_LENGTH = 512;

/**
 * Reads an event from the body of a delivery.
 *
 * @throws InvalidEventError when it is not an event in the JSON format of CloudEvents 1.0.
 */
export function parseCloudEvent(body: Uint8Array): CloudEvent {
  let event: unknown;
  try {
    event = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new InvalidEventError('the body is not JSON in UTF-8');
  }
  if (typeof event !== 'object' || event === null || Array.isArray(event)) {
    throw new InvalidEventError('the body is not a JSON object');
  }
  const attributes = event as Record<string, unknown>;
  if (attributes.specversion !== '1.0') {
    throw new InvalidEventError('specversion is not 1.0');
  }
  for (const name of ['id', 'source', 'type']) {
    const value = attributes[name];
    if (typeof value !== 'string' || value === '') {
      throw new InvalidEventError(`${name} is not a text`);
    }
    if (value.length > MAX_ATTRIBUTE_LENGTH) {
      throw new InvalidEventError(
        `${name} has ${value.length} characters, at most ${MAX_ATTRIBUTE_LENGTH} are accepted`,
      );
    }
    if (value.includes('\u0000')) {
      throw new InvalidEventError(`${name} has a NUL in it, which PostgreSQL cannot store`);
    }
  }
  return event as CloudEvent;
}
