import { type EventContract } from '@cdk8s-event-platform/contracts';
import {
  contractName,
  parseDataSchema,
  RUNTIME_ENV,
} from '@cdk8s-event-platform/contracts/interface';
import { keyIn, keyNames, MAX_KEY_BYTES } from '@cdk8s-event-platform/contracts/internal';
import { type CloudEvent, textProblem, toCloudEvent } from '../events/cloud-event.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { jsonPart, readJson } from '../events/json.ts';
import { schemaCheck, type SchemaCheck } from '../events/schema-check.ts';

/** Default of the largest message of a topic: Dapr's own. */
const DEFAULT_MAX_BYTES = 1024 * 1024;
/** Bytes of a message that are not the event's: its key, its record, and what sidecars add to its envelope. */
const RESERVED_BYTES = 8 * 1024;

/** What Go's encoder, and so a sidecar, writes as an escape of six bytes. */
const ESCAPED_BY_SIDECARS = /[<>&\u2028\u2029]/g;

/** Bytes of an event on the wire, at most: sidecars write it once more, and escape more characters. */
export function wireBytes(event: string): number {
  let bytes = Buffer.byteLength(event);
  for (const [character] of event.matchAll(ESCAPED_BY_SIDECARS)) {
    bytes += 6 - Buffer.byteLength(character);
  }
  return bytes;
}

let limits: { readonly text: string | undefined; readonly byTopic: Record<string, number> } = {
  text: undefined,
  byTopic: {},
};

/** Bytes that an event of a topic may have, as `MAX_EVENT_BYTES` says. @throws Error when that is not JSON */
export function maxEventBytes(topic: string): number {
  const text = process.env[RUNTIME_ENV.maxEventBytes];
  if (text !== limits.text) {
    limits = { text, byTopic: JSON.parse(text ?? '{}') as Record<string, number> };
  }
  const bytes = Object.hasOwn(limits.byTopic, topic) ? limits.byTopic[topic]! : DEFAULT_MAX_BYTES;
  return bytes - Math.min(RESERVED_BYTES, Math.floor(bytes / 2));
}

/** Why an event is too large for its topic; undefined when it is not. */
export function sizeProblem(topic: string, event: string): string | undefined {
  const limit = maxEventBytes(topic);
  // Few events need counting: a UTF-16 unit takes six bytes at most.
  const bytes = event.length * 6 <= limit ? 0 : wireBytes(event);
  return bytes > limit
    ? `the event has ${bytes} bytes on the wire, and topic '${topic}' takes ${limit}: make it smaller, or raise the topic's maxMessageSize`
    : undefined;
}

/** Checks of contracts, each compiled once. */
const checks = new WeakMap<EventContract, SchemaCheck>();

function checkOf(contract: EventContract): SchemaCheck {
  let check = checks.get(contract);
  if (check === undefined) {
    check = schemaCheck(contract);
    checks.set(contract, check);
  }
  return check;
}

/** Converts a value to JSON. @throws InvalidEventError when that is not possible. */
function toJson(value: object): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new InvalidEventError(
      `the event cannot be converted to JSON: ${(error as Error).message}`,
    );
  }
}

/** An event as it will be published. */
export interface OutgoingEvent {
  readonly key: string;
  /** The event as JSON. */
  readonly text: string;
}

/** What can be wrong with an event, once it is known which topic takes it. */
interface CheckedEvent {
  /** The event as its consumers will read it. */
  readonly event: CloudEvent;
  readonly key: string;
  readonly text: string;
}

/**
 * Checks an event as its consumers will read it, whatever its size: what JavaScript holds and JSON does not (`NaN`,
 * dates, `undefined`) is looked at after it has become JSON.
 *
 * @throws InvalidEventError when a consumer could not process it.
 */
export function checkedEvent(contract: EventContract, event: CloudEvent): CheckedEvent {
  return checked(contract, event, () => undefined);
}

/**
 * The event as it is published.
 *
 * @throws InvalidEventError when a consumer could not process it, or the topic does not take it.
 * @see {@link checkedEvent}
 */
export function toOutgoingEvent(contract: EventContract, event: CloudEvent): OutgoingEvent {
  const { key, text } = checked(contract, event, (json) => sizeProblem(contract.topic, json));
  return { key, text };
}

function checked(
  contract: EventContract,
  event: CloudEvent,
  problemOf: (text: string) => string | undefined,
): CheckedEvent {
  const text = toJson(event);
  const { value, unicodeProblem } = readJson(jsonPart(Buffer.from(text)));
  const published = toCloudEvent(value);
  if (published.type !== contract.type) {
    throw new InvalidEventError(
      `the event is a ${published.type}, and its contract is of ${contract.type}`,
    );
  }
  const version = parseDataSchema(published.dataschema);
  if (version !== undefined && contractName(version) !== contractName(contract)) {
    throw new InvalidEventError(
      `the event is a ${contractName(version)}, and its contract is ${contractName(contract)}`,
    );
  }
  const reasons = [
    ...checkOf(contract)(published.data),
    ...[unicodeProblem(value, 'event'), problemOf(text)].filter((reason) => reason !== undefined),
  ];
  // Without one, the data do not match the contract.
  const key = keyIn(contract, published.data) ?? '';
  const keyProblem = textProblem(key, MAX_KEY_BYTES);
  if (keyProblem !== undefined) {
    const names = keyNames(contract.key).map((name) => `data/${name}`);
    reasons.push(
      names.length === 1
        ? `${names[0]!} ${keyProblem}`
        : `the key of ${names.join(', ')} ${keyProblem}: shorten these values`,
    );
  }
  if (reasons.length > 0) {
    throw new InvalidEventError(reasons.join('; '), reasons);
  }
  return { event: published, key, text };
}
