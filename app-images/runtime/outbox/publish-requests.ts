import type { TopicKey } from './outbox-rows.ts';
import { nameOf } from './refused-keys.ts';

/** Bytes that are published in one request: half of what sidecars accept. */
const MAX_BYTES = 2 * 1024 * 1024;

/** An event as JSON, and where it goes. */
interface Addressed extends TopicKey {
  readonly event: string;
}

/** Events that may be published in one request. */
export interface PublishRequest<Event extends Addressed> {
  readonly topic: string;
  readonly events: readonly Event[];
}

/**
 * Divides events into requests: each of one topic, with one event of a key, and not too large.
 *
 * @param maxEvents events in one request.
 */
export function publishRequests<Event extends Addressed>(
  rows: readonly Event[],
  maxEvents = Infinity,
): PublishRequest<Event>[] {
  const result: { topic: string; events: Event[]; bytes: number }[] = [];
  // The first wave that an event of a topic and key may be in: behind the one before it.
  const next = new Map<string, number>();
  for (const row of rows) {
    const name = nameOf(row);
    const bytes = Buffer.byteLength(row.event);
    let index = next.get(name) ?? 0;
    while (
      index < result.length &&
      (result[index]!.topic !== row.topic ||
        result[index]!.events.length >= maxEvents ||
        result[index]!.bytes + bytes > MAX_BYTES)
    ) {
      index++;
    }
    if (index === result.length) {
      result.push({ topic: row.topic, events: [], bytes: 0 });
    }
    result[index]!.events.push(row);
    result[index]!.bytes += bytes;
    next.set(name, index + 1);
  }
  return result;
}
