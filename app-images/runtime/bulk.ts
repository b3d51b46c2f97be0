import { InvalidEventError } from './cloud-event.ts';

/** One event of a bulk delivery. */
export interface BulkEntry {
  readonly entryId: string;
  /** The event as an object, or as the Base64 of its bytes. */
  readonly event: unknown;
}

/**
 * Reads the entries of a bulk delivery.
 *
 * @throws InvalidEventError when the body is none: nothing in it can be answered for.
 * @see https://docs.dapr.io/developing-applications/building-blocks/pubsub/pubsub-bulk/
 */
export function bulkEntries(body: unknown): BulkEntry[] {
  const { entries } = (body ?? {}) as { entries?: unknown };
  if (!Array.isArray(entries)) {
    throw new InvalidEventError('the body is no bulk delivery: it has no entries');
  }
  const ids = new Set<string>();
  for (const entry of entries as unknown[]) {
    const { entryId } = (entry ?? {}) as { entryId?: unknown };
    if (typeof entryId !== 'string' || entryId === '' || ids.has(entryId)) {
      throw new InvalidEventError('the body is no bulk delivery: entries have no ids of their own');
    }
    ids.add(entryId);
  }
  return entries as BulkEntry[];
}
