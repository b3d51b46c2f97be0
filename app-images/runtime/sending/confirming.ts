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
}

/** How a confirmation is waited for. */
export interface Confirming {
  readonly publisher: Pick<Publisher, 'publishMany' | 'maxBatchSize'>;
  /** Time for all tries, in milliseconds. */
  readonly timeout: number;
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

/** One try. A request that is refused for its content is divided, since a part of it may be accepted. */
async function tryOnce<Event extends Unsent>(
  publisher: Confirming['publisher'],
  topic: string,
  events: readonly Event[],
  timeout: number,
): Promise<Failures<Event>> {
  const entries = events.map(({ key, event }, index) => ({ entryId: String(index), key, event }));
  const traceparent = events.length === 1 ? events[0]!.traceparent : undefined;
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
        ...(await tryOnce(publisher, topic, events.slice(0, half), timeout)),
        ...(await tryOnce(publisher, topic, events.slice(half), timeout)),
      ]);
    }
    return new Map(events.map((event) => [event, failure]));
  }
}

/** Publishes the events of one request. Never throws. @returns those that were not confirmed, and why. */
export async function confirmed<Event extends Unsent>(
  { publisher, timeout, triesAgain, ended, longestPause = Infinity }: Confirming,
  { topic, events }: PublishRequest<Event>,
): Promise<Failures<Event>> {
  const end = performance.now() + timeout;
  /** Time that was not really waited for. */
  let skipped = 0;
  let pause: number = PAUSE.first;
  for (let tries = 1, left = events; ; tries++) {
    const time = Math.max(1, Math.ceil(end - skipped - performance.now()));
    const failures = await tryOnce(publisher, topic, left, time);
    left = [...failures.keys()];
    const isOver = end - skipped - performance.now() <= pause;
    if (left.length === 0 || !triesAgain || ended.aborted || isOver) {
      return new Map(
        [...failures].map(([event, { message, status }]) => {
          const reason = tries === 1 ? message : `${message} (after ${tries} tries)`;
          return [event, new PublishError(reason, status)];
        }),
      );
    }
    const waited = Math.min(pause, longestPause);
    await sleep(waited, undefined, { signal: ended }).catch(() => undefined);
    skipped += pause - waited;
    pause = Math.min(PAUSE.longest, 2 * pause);
  }
}
