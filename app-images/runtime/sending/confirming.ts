import { setTimeout as sleep } from 'node:timers/promises';
import { describeFailure } from '../errors/failure.ts';
import { isRefusedForItsContent, PublishError, type Publisher } from '../outbox/publisher.ts';
import type { PublishRequest } from '../outbox/publish-requests.ts';

/** Pauses before further tries, in milliseconds. */
const PAUSE = { first: 100, longest: 2_000 } as const;

/** An event that the broker has not confirmed. */
export interface Unsent {
  readonly topic: string;
  readonly key: string;
  /** As JSON. */
  readonly event: string;
  readonly traceparent: string | undefined;
  /** When its time for all tries is over, on the clock of `performance`. */
  readonly until: number;
}

/** How a confirmation is waited for. */
export interface Confirming {
  readonly publisher: Pick<Publisher, 'publishMany' | 'maxBatchSize'>;
  readonly triesAgain: boolean;
  /** Ends further tries. */
  readonly ended: AbortSignal;
  /** Pauses in tests are no longer than this; all the same, they count in full. In milliseconds. @default - as long as they are */
  readonly longestPause?: number | undefined;
}

type Failures<Event> = Map<Event, PublishError>;

function publishError(error: unknown): PublishError {
  return error instanceof PublishError ? error : new PublishError(describeFailure(error));
}

/**
 * One try. A request that is refused for its content is divided, since a part of it may be accepted.
 *
 * @param end when it is over, on the clock of `performance`.
 */
async function tryOnce<Event extends Unsent>(
  publisher: Confirming['publisher'],
  topic: string,
  events: readonly Event[],
  end: number,
): Promise<Failures<Event>> {
  const entries = events.map(({ key, event }, index) => ({ entryId: String(index), key, event }));
  const traceparent = events.length === 1 ? events[0]!.traceparent : undefined;
  const timeout = Math.ceil(end - performance.now());
  if (timeout <= 0) {
    return new Map(events.map((event) => [event, new PublishError('its time was over')]));
  }
  try {
    const refused = await publisher.publishMany(topic, entries, traceparent, timeout);
    return new Map(
      events
        .filter((_, index) => refused.has(String(index)))
        .map((event) => [event, new PublishError('the broker has not confirmed it')]),
    );
  } catch (error) {
    const failure = publishError(error);
    if (events.length > 1 && isRefusedForItsContent(failure)) {
      const half = events.length >> 1;
      return new Map([
        ...(await tryOnce(publisher, topic, events.slice(0, half), end)),
        ...(await tryOnce(publisher, topic, events.slice(half), end)),
      ]);
    }
    return new Map(events.map((event) => [event, failure]));
  }
}

/**
 * Publishes the events of one request, until the time of the last of them is over. Never throws.
 *
 * @returns those that were not confirmed, and why.
 */
export async function confirmed<Event extends Unsent>(
  { publisher, triesAgain, ended, longestPause = Infinity }: Confirming,
  { topic, events }: PublishRequest<Event>,
): Promise<Failures<Event>> {
  const given: Failures<Event> = new Map();
  /** Time that was not really waited for. */
  let skipped = 0;
  let pause: number = PAUSE.first;
  for (let tries = 1, left = events; left.length > 0; tries++) {
    const end = Math.max(...left.map(({ until }) => until)) - skipped;
    const failures = await tryOnce(publisher, topic, left, end);
    const next = performance.now() + skipped + pause;
    const again = triesAgain && !ended.aborted;
    left = [...failures.keys()].filter(({ until }) => again && next < until);
    for (const [event, { message, status }] of failures) {
      if (!left.includes(event)) {
        const reason = tries === 1 ? message : `${message} (after ${tries} tries)`;
        given.set(event, new PublishError(reason, status));
      }
    }
    if (left.length > 0) {
      const waited = Math.min(pause, longestPause);
      await sleep(waited, undefined, { signal: ended }).catch(() => undefined);
      skipped += pause - waited;
      pause = Math.min(PAUSE.longest, 2 * pause);
    }
  }
  return given;
}
