import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { JsonCursor, jsonPart, type JsonPart, readJson } from '../events/json.ts';

/** One event of a bulk delivery. */
export interface BulkEntry {
  readonly entryId: string;
  /** The event as it is in the body: a JSON object, or a string with the Base64 of other bytes. */
  readonly event: JsonPart;
}

const NULL = jsonPart(Buffer.from('null'));

/** Reads the next value as an entry. */
function takeEntry(cursor: JsonCursor, ids: ReadonlySet<string>): BulkEntry {
  let id = NULL;
  let event = NULL;
  const isObject = cursor.object((name) => {
    const value = cursor.value();
    if (name === 'entryId') {
      id = value;
    } else if (name === 'event') {
      event = value;
    }
  });
  if (!isObject) {
    cursor.value();
  }
  const entryId = readJson(id).value;
  if (typeof entryId !== 'string' || entryId === '' || ids.has(entryId)) {
    throw new InvalidEventError('the body is not a bulk delivery: its entries need unique ids');
  }
  return { entryId, event };
}

/**
 * Finds the entries of a bulk delivery. Their events are parsed one by one later, so that one that cannot be parsed does
 * not affect the others.
 *
 * @throws InvalidEventError when the body is not a bulk delivery, or entries have no unique ids.
 * @see https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-bulk/
 */
export function bulkEntries(body: Uint8Array): BulkEntry[] {
  let entries: BulkEntry[] | undefined;
  const cursor = new JsonCursor(body);
  cursor.object((name) => {
    const ids = new Set<string>();
    const found: BulkEntry[] = [];
    const isList =
      name === 'entries' &&
      cursor.array(() => {
        const entry = takeEntry(cursor, ids);
        ids.add(entry.entryId);
        found.push(entry);
      });
    if (isList) {
      entries = found;
    } else {
      cursor.value();
    }
  });
  if (entries === undefined) {
    throw new InvalidEventError('the body is not a bulk delivery: it has no entries');
  }
  return entries;
}
