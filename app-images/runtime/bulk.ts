import { InvalidEventError } from './invalid-event-error.ts';
import { jsonElements, jsonMembers, parseJson } from './json.ts';

/** One event of a bulk delivery. */
export interface BulkEntry {
  readonly entryId: string;
  /** The event as it stands in the body: a JSON object, or a text that is the Base64 of something else. */
  readonly event: Uint8Array;
}

const NULL = Buffer.from('null');

function entryOf(element: Uint8Array, ids: ReadonlySet<string>): BulkEntry {
  const members = jsonMembers(element);
  const entryId = parseJson(members?.get('entryId') ?? NULL);
  if (typeof entryId !== 'string' || entryId === '' || ids.has(entryId)) {
    throw new InvalidEventError('the body is no bulk delivery: entries have no ids of their own');
  }
  return { entryId, event: members?.get('event') ?? NULL };
}

/**
 * Finds the entries of a bulk delivery. Their events are not read here: each is read by itself, so that
 * one that cannot be read does not affect the others.
 *
 * @throws InvalidEventError when the body is not a bulk delivery, or an entry cannot be told from the others.
 * @see https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-bulk/
 */
export function bulkEntries(body: Uint8Array): BulkEntry[] {
  const elements = jsonElements(jsonMembers(body)?.get('entries') ?? NULL);
  if (elements === undefined) {
    throw new InvalidEventError('the body is no bulk delivery: it has no entries');
  }
  const ids = new Set<string>();
  return elements.map((element) => {
    const entry = entryOf(element, ids);
    ids.add(entry.entryId);
    return entry;
  });
}
