import type pg from 'pg';
import type { Outcome } from './batch-transaction.ts';
import { Batch } from './batch.ts';
import type { Consumer } from './consumer.ts';
import { deliveryPaths, type EventRoute } from './event-routes.ts';
import { type Delivered, firstOpened, holdWhileUnavailable, openEvents } from './open-events.ts';
import { statementsOf } from '../database/database.ts';
import { redactedError } from '../sealing/redact.ts';
import type { Sealing } from '../sealing/sealing.ts';
import type { EventPublisher } from '../outbox/event-publisher.ts';
import { type InboxPartitions, type InboxScope } from './inbox.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { jsonPart, type JsonPart, parseJson } from '../events/json.ts';
import type { Logger } from '../telemetry/logging.ts';
import { malformedEvent, parseEvent, type ReceivedEvent } from '../events/received-event.ts';
import type { TracedDelivery, TracedEvent } from './trace-delivery.ts';

/** Options of {@link DeliveryProcessor}. */
export interface DeliveryProcessorOptions {
  readonly consumer: Consumer;
  readonly epoch: number;
  readonly publisher: EventPublisher;
  readonly pool: pg.Pool;
  readonly inbox: InboxPartitions;
  readonly log: Logger;
  /** Decrypts and fetches the data of events. */
  readonly sealing: Sealing;
  /** Timeout of a transaction, in milliseconds. @default 30000 */
  readonly transactionTimeout?: number | undefined;
  /** Longest pause before a further try within a delivery, in milliseconds. @default - as long as it takes */
  readonly longestPause?: number | undefined;
}

/** Result of one delivery. */
export interface DeliveryResult {
  /** In the order of the delivery; undefined where the event must be delivered again. */
  readonly outcomes: readonly (Outcome | undefined)[];
  /** Why the others were not processed. */
  readonly error: unknown;
  /** Types of the events, as far as they were read. @default - that of the path */
  readonly types?: readonly string[];
  /** Seconds since the own time of each event; undefined where it was not processed. @default - not measured */
  readonly delays?: readonly (number | undefined)[];
  /** Events for traces; called only when tracing is on. @default - none */
  readonly traced?: () => Pick<TracedDelivery, 'topic' | 'events'>;
}

/** Receives the deliveries of a server. */
export interface DeliveryReceiver {
  /** Type of the events that are delivered to a path, or their topic, for logs and metrics; undefined for an unknown path. */
  typeOf(path: string): string | undefined;
  /**
   * Processes the one event of a body.
   *
   * @param path that {@link typeOf} knows.
   * @param signal aborts when the sidecar no longer waits for an answer.
   */
  single(path: string, body: Uint8Array, signal: AbortSignal): Promise<DeliveryResult>;
  /** Processes several events, each as it is in the body. A string is the Base64 of bytes that are not JSON. */
  many(path: string, events: readonly JsonPart[], signal: AbortSignal): Promise<DeliveryResult>;
}

/** JSON values of one delivery that are in memory at once: more than one event may have. Eight deliveries run at a time. */
const MAX_PART_VALUES = 125_000;

const QUOTE = 0x22;

/** Processes the deliveries of one consumer, from the body to the committed effect. */
export class DeliveryProcessor implements DeliveryReceiver {
  readonly #paths: ReadonlyMap<string, EventRoute>;
  readonly #scope: InboxScope;

  public constructor(private readonly options: DeliveryProcessorOptions) {
    this.#scope = { consumer: options.consumer.manifest.appId, epoch: options.epoch };
    this.#paths = deliveryPaths(options.consumer);
  }

  public typeOf(path: string): string | undefined {
    return this.#paths.get(path)?.type;
  }

  public single(path: string, body: Uint8Array, signal: AbortSignal): Promise<DeliveryResult> {
    return this.#deliver(path, [jsonPart(body)], parseEvent, signal);
  }

  public many(
    path: string,
    events: readonly JsonPart[],
    signal: AbortSignal,
  ): Promise<DeliveryResult> {
    return this.#deliver(path, events, parseEntry, signal);
  }

  /**
   * Processes the events in parts that fit into memory. The events after one that must be delivered again are delivered
   * again, too: they may have its key.
   */
  async #deliver(
    path: string,
    events: readonly JsonPart[],
    parse: typeof parseEvent,
    signal: AbortSignal,
  ): Promise<DeliveryResult> {
    const route = this.#paths.get(path)!;
    const outcomes: (Outcome | undefined)[] = [];
    const delays: (number | undefined)[] = [];
    const traced: TracedEvent[] = [];
    const types: string[] = [];
    let error: unknown;
    while (outcomes.length < events.length && error === undefined) {
      const parsed = firstPart(events.slice(outcomes.length)).map((event) => parse(event));
      const opened = firstOpened(route, parsed);
      types.push(...opened.map((each) => typeIn(route, each)));
      const part = await this.#process(route, opened, signal);
      outcomes.push(...part.outcomes);
      delays.push(...part.delays);
      traced.push(...part.traced);
      ({ error } = part);
    }
    outcomes.push(...Array.from({ length: events.length - outcomes.length }, () => undefined));
    return {
      ...{ outcomes, error, delays, types },
      traced: () => ({ topic: route.topic, events: traced }),
    };
  }

  async #process(route: EventRoute, delivered: readonly Delivered[], signal: AbortSignal) {
    const { publisher, pool, inbox, log, sealing, transactionTimeout, longestPause } = this.options;
    let received: readonly ReceivedEvent[];
    try {
      received = await holdWhileUnavailable(
        () => openEvents(statementsOf(pool), sealing, route, delivered),
        ...([log, signal, longestPause] as const),
      );
    } catch (error) {
      return { outcomes: [], error, delays: [], traced: [] };
    }
    const { handler, topic, deliveryOf } = route;
    const limits = { transactionTimeout, longestPause };
    const batch = new Batch(
      {
        scope: this.#scope,
        ...{ topic, handler, deliveryOf, publisher, pool, inbox, log },
        ...limits,
      },
      received,
    );
    let failure: unknown;
    try {
      await batch.process(signal);
    } catch (error) {
      const personal = received.flatMap((event) => event.personal);
      failure = redactedError(error, personal);
    }
    const { outcomes } = batch;
    const now = Date.now();
    const delays = received.map(({ time }, index) =>
      outcomes[index] === 'processed' ? secondsSince(time!, now) : undefined,
    );
    return { outcomes, error: failure, delays, traced: batch.traced };
  }
}

/** The type of an event that was delivered to a route, as a label: one that the route does not have is no label. */
function typeIn({ type, contracts }: EventRoute, { event }: Delivered): string {
  return event !== undefined && contracts.some((each) => each.type === event.type)
    ? event.type
    : type;
}

/** The first events whose values together fit into memory: at least one. */
function firstPart(events: readonly JsonPart[]): readonly JsonPart[] {
  let values = 0;
  const end = events.findIndex((event, index) => {
    values += event.values;
    return values > MAX_PART_VALUES && index > 0;
  });
  return end < 0 ? events : events.slice(0, end);
}

/** An entry of a bulk delivery: an event, or the Base64 of what the sidecar found not to be JSON. */
const parseEntry: typeof parseEvent = (entry) =>
  entry.bytes[0] === QUOTE
    ? malformedEvent(base64In(entry.bytes), 'the event is not a JSON object')
    : parseEvent(entry);

/** The bytes whose Base64 a JSON text is, or the text itself when it cannot be read. */
function base64In(entry: Uint8Array): Uint8Array {
  try {
    return Buffer.from(parseJson(entry) as string, 'base64');
  } catch (error) {
    if (error instanceof InvalidEventError) {
      return entry;
    }
    throw error;
  }
}

/** At least 0: the clock of the publisher may be ahead. */
function secondsSince(time: Date, now: number): number {
  return Math.max(0, (now - time.getTime()) / 1000);
}
