import type pg from 'pg';
import {
  type EventContract,
  eventRoute,
  undeclaredRoute,
} from '../../constructs/contracts/index.ts';
import { arrive, type Arrival, malformed } from './arrival.ts';
import type { Outcome } from './attempt.ts';
import { Batch } from './batch.ts';
import { type CloudEvent, InvalidEventError, parseJson } from './cloud-event.ts';
import type { Consumer, Handler } from './consumer.ts';
import { type InboxKeeper, type Taker } from './inbox.ts';
import type { Logger } from './logging.ts';
import { schemaCheck, type SchemaCheck } from './schema-check.ts';
import type { TracedDelivery } from './trace-delivery.ts';

/** One subscribed type: what its route checks and calls. */
export interface Route {
  readonly contract: Pick<EventContract, 'type' | 'topic' | 'key'>;
  readonly check: SchemaCheck;
  readonly handler: Pick<Handler, 'handle'>;
}

/** The routes of a consumer, by type of event. */
export function routesOf(consumer: Consumer): ReadonlyMap<string, Route> {
  return new Map(
    (consumer.manifest.subscribes ?? []).map((contract) => [
      contract.type,
      { contract, check: schemaCheck(contract), handler: consumer.handlers.get(contract.type)! },
    ]),
  );
}

/** The route of events that nobody has declared: none of them is as it should be. */
function undeclared({ topic }: Route['contract']): Route {
  return {
    contract: { type: 'undeclared', topic, key: '' },
    check: () => [],
    handler: { handle: () => Promise.reject(new Error('nobody handles undeclared events')) },
  };
}

/** What {@link Deliveries} work with. */
export interface DeliveriesOptions {
  readonly consumer: Consumer;
  readonly epoch: number;
  readonly pool: pg.Pool;
  readonly inbox: InboxKeeper;
  readonly log: Logger;
  /** Longest time that a transaction may take, in milliseconds. @default 30000 */
  readonly deadline?: number | undefined;
}

/** What became of the events of one delivery. */
export interface Delivered {
  /** In the order of the delivery; undefined where the event has to come again. */
  readonly outcomes: readonly (Outcome | undefined)[];
  /** What kept the rest from being processed. */
  readonly error: unknown;
  /** For each event that was processed, the seconds since its own time. @default - not measured */
  readonly delays?: readonly number[];
  /** What traces tell of it; asked for where there are any. @default - nothing */
  readonly traced?: () => Pick<TracedDelivery, 'topic' | 'events'>;
}

/** What a server hands deliveries to. */
export interface DeliveryReceiver {
  /** What is delivered to a path, for logs and metrics; undefined when nothing is. */
  typeOf(path: string): string | undefined;
  /**
   * Processes the one event of a body.
   *
   * @param path one that {@link typeOf} knows.
   * @param hangUp aborts when the sidecar no longer waits for an answer.
   */
  single(path: string, body: Uint8Array, hangUp: AbortSignal): Promise<Delivered>;
  /** Processes several events, as parsed from JSON. A text is the Base64 of what is no JSON. */
  many(path: string, events: readonly unknown[], hangUp: AbortSignal): Promise<Delivered>;
}

/** Takes deliveries of one consumer from the body to the committed effect. */
export class Deliveries implements DeliveryReceiver {
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #taker: Taker;

  public constructor(private readonly options: DeliveriesOptions) {
    this.#taker = { consumer: options.consumer.manifest.appId, epoch: options.epoch };
    const routes = [...routesOf(options.consumer).values()];
    this.#routes = new Map([
      ...routes.map(
        ({ contract }) => [undeclaredRoute(contract.topic), undeclared(contract)] as const,
      ),
      ...routes.map((route) => [eventRoute(route.contract), route] as const),
    ]);
  }

  public typeOf(path: string): string | undefined {
    return this.#routes.get(path)?.contract.type;
  }

  public async single(path: string, body: Uint8Array, hangUp: AbortSignal): Promise<Delivered> {
    const route = this.#routes.get(path)!;
    let arrival: Arrival;
    try {
      arrival = arrive(parseJson(body), route.contract, route.check);
    } catch (error) {
      if (!(error instanceof InvalidEventError)) {
        throw error;
      }
      arrival = malformed(body, error.message);
    }
    return this.#process(route, [arrival], hangUp);
  }

  public many(path: string, events: readonly unknown[], hangUp: AbortSignal): Promise<Delivered> {
    const route = this.#routes.get(path)!;
    const arrivals = events.map((event) =>
      typeof event === 'string'
        ? malformed(Buffer.from(event, 'base64'), 'the event is not a JSON object')
        : arrive(event, route.contract, route.check),
    );
    return this.#process(route, arrivals, hangUp);
  }

  async #process(
    { contract, handler }: Route,
    arrivals: readonly Arrival[],
    hangUp: AbortSignal,
  ): Promise<Delivered> {
    const { pool, inbox, log, deadline } = this.options;
    const batch = new Batch(
      { taker: this.#taker, topic: contract.topic, handler, pool, inbox, log, deadline },
      arrivals,
    );
    let failure: unknown;
    try {
      await batch.process(hangUp);
    } catch (error) {
      failure = error;
    }
    const { outcomes } = batch;
    const now = Date.now();
    const delays = arrivals.flatMap(({ event }, index) =>
      outcomes[index] === 'processed' ? [secondsSince(event!, now)] : [],
    );
    return {
      outcomes,
      error: failure,
      delays,
      traced: () => ({ topic: contract.topic, events: batch.traced }),
    };
  }
}

/** Not less than none: the clock of who published the event may be ahead. */
function secondsSince({ time }: CloudEvent, now: number): number {
  return Math.max(0, (now - Date.parse(time)) / 1000);
}
