import type { IncomingMessage, ServerResponse } from 'node:http';
import { IGNORED_EVENTS_ROUTE } from '@cdk8s-event-platform/contracts/interface';
import type { Outcome } from '../delivery/batch-transaction.ts';
import { bulkEntries } from '../delivery/bulk.ts';
import type { DeliveryReceiver, DeliveryResult } from '../delivery/delivery-processor.ts';
import { traceDelivery } from '../delivery/trace-delivery.ts';
import { describeFailure } from '../errors/failure.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import type { Logger } from '../telemetry/logging.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { wallClock } from '../telemetry/wall-clock.ts';
import { Budget } from './budget.ts';
import { ConcurrencyLimiter, RejectedError } from './concurrency-limiter.ts';
import type { InFlightTracker } from './in-flight-tracker.ts';
import { BodyTooLargeError, discardBody, readBody, sendJson } from './messages.ts';

/** Options of {@link DeliveryEndpoint}. */
export interface DeliveryEndpointOptions {
  /** Processes deliveries. @default - no subscriptions */
  readonly deliveries?: DeliveryReceiver | undefined;
  readonly metrics: RuntimeMetrics;
  /** Tracks deliveries in flight. */
  readonly inFlight: InFlightTracker;
  readonly log: Logger;
  /** @default - no tracing */
  readonly tracing?: Tracing | undefined;
  /** Largest delivery, in bytes. @default 64 MiB: a hundred events of more than half a MiB */
  readonly maxBodyBytes?: number;
  /** Deliveries that are processed at the same time; each takes a connection. @default 8 */
  readonly concurrency?: number;
  /** Deliveries that wait in addition; more are rejected. @default 256 */
  readonly queueLimit?: number;
  /** Bytes of all deliveries that have not been answered. @default 128 MiB */
  readonly maxBytes?: number;
}

/** A delivery whose body has been read. */
interface Delivery {
  readonly path: string;
  /** Type that is subscribed to. @default - the events are ignored */
  readonly type: string | undefined;
  readonly body: Uint8Array;
  /** Aborted when the client has hung up. */
  readonly disconnected: AbortSignal;
  /** Wall-clock time of the request. */
  readonly arrived: number;
  /** Start of processing, of `performance.now()`. */
  readonly started: number;
  readonly traceparent: unknown;
}

/** Media types of deliveries: of one event, and of several. */
const SINGLE = 'application/cloudevents+json';
const BULK = 'application/json';

/**
 * What the sidecar does with an event. Every event has a status: one without is retried, and a 404 would acknowledge and
 * lose all of them. The answer is never DROP: events that cannot be processed are in the quarantine.
 *
 * @see https://docs.dapr.io/reference/api/pubsub_api/#expected-http-response
 */
function statusOf(outcome: Outcome | undefined): 'SUCCESS' | 'RETRY' {
  return outcome === undefined ? 'RETRY' : 'SUCCESS';
}

/** HTTP status of a delivery that was not processed. */
function refusal(error: unknown): number {
  if (error instanceof BodyTooLargeError) {
    return 413;
  }
  if (error instanceof InvalidEventError) {
    return 400;
  }
  return error instanceof RejectedError ? 503 : 500;
}

/** Receiver of an app without subscriptions. */
const NO_DELIVERIES: DeliveryReceiver = {
  typeOf: () => undefined,
  single: () => Promise.reject(new Error('nothing is subscribed to')),
  many: () => Promise.reject(new Error('nothing is subscribed to')),
};

/** A signal that is aborted when the client hangs up. */
function disconnection(response: ServerResponse): AbortSignal {
  const disconnected = new AbortController();
  response.once('close', () => disconnected.abort());
  if (response.destroyed) {
    // The client hung up while the delivery was in the queue.
    disconnected.abort();
  }
  return disconnected.signal;
}

/** Receives deliveries of the sidecar, within limits, and answers, measures and traces them. */
export class DeliveryEndpoint {
  readonly #deliveries: DeliveryReceiver;
  readonly #limiter: ConcurrencyLimiter;
  readonly #bytes: Budget;

  public constructor(private readonly options: DeliveryEndpointOptions) {
    this.#deliveries = options.deliveries ?? NO_DELIVERIES;
    this.#limiter = new ConcurrencyLimiter({
      concurrency: options.concurrency ?? 8,
      queueLimit: options.queueLimit ?? 256,
    });
    this.#bytes = new Budget(options.maxBytes ?? 128 * 1024 * 1024, 'bytes');
  }

  /** Processes a delivery to a type's route, or acknowledges one of ignored events. */
  public async receive(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { log, maxBodyBytes = 64 * 1024 * 1024 } = this.options;
    const arrived = wallClock();
    const { traceparent } = request.headers;
    const type = this.#deliveries.typeOf(path);
    const [mediaType = ''] = (request.headers['content-type'] ?? '').split(';', 1);
    let problem: string | undefined;
    if (type === undefined && path !== IGNORED_EVENTS_ROUTE) {
      problem = 'no handler for this path: the manifest and the image differ';
    } else if (mediaType !== SINGLE && mediaType !== BULK) {
      problem = `content-type must be ${SINGLE} or ${BULK}`;
    }
    if (problem !== undefined) {
      discardBody(request);
      log.error({ path, reason: problem }, 'delivery refused');
      sendJson(response, 500, { status: 'RETRY', reason: problem });
      return;
    }
    try {
      await this.#bytes.use(async (reserve) => {
        const body = await readBody(request, maxBodyBytes, reserve);
        await this.#limiter.run(() => {
          const disconnected = disconnection(response);
          const started = performance.now();
          const delivery = { path, type, body, disconnected, arrived, started, traceparent };
          return mediaType === SINGLE
            ? this.#single(delivery, response)
            : this.#bulk(delivery, response);
        });
      });
    } catch (error) {
      const reason = describeFailure(error);
      log.error({ path, reason }, 'delivery refused');
      discardBody(request);
      sendJson(response, refusal(error), { status: 'RETRY', reason });
    }
  }

  async #single(delivery: Delivery, response: ServerResponse): Promise<void> {
    const { path, type, body, disconnected } = delivery;
    if (type === undefined) {
      this.options.metrics.consumed('ignored', 'ignored');
      sendJson(response, 200, { status: 'SUCCESS' });
      return;
    }
    const delivered = await this.#deliveries.single(path, body, disconnected);
    this.#report(type, delivered, delivery);
    const status = statusOf(delivered.outcomes[0]);
    sendJson(response, status === 'SUCCESS' ? 200 : 500, { status });
    this.#trace(delivered, delivery);
  }

  async #bulk(delivery: Delivery, response: ServerResponse): Promise<void> {
    const { path, type, body, disconnected } = delivery;
    const entries = bulkEntries(body);
    if (type === undefined) {
      this.options.metrics.consumed('ignored', 'ignored', entries.length);
      sendJson(response, 200, {
        statuses: entries.map(({ entryId }) => ({ entryId, status: 'SUCCESS' })),
      });
      return;
    }
    const events = entries.map(({ event }) => event);
    const delivered = await this.#deliveries.many(path, events, disconnected);
    this.#report(type, delivered, delivery);
    sendJson(response, 200, {
      statuses: entries.map(({ entryId }, index) => ({
        entryId,
        status: statusOf(delivered.outcomes[index]),
      })),
    });
    this.#trace(delivered, delivery);
  }

  #report(type: string, delivered: DeliveryResult, { started }: Delivery): void {
    const { metrics, inFlight, log } = this.options;
    const { outcomes, error, delays = [], types = [] } = delivered;
    const seconds = (performance.now() - started) / 1000;
    outcomes.forEach((outcome, index) => {
      const own = types[index] ?? type;
      metrics.consumed(own, outcome ?? 'failed');
      metrics.processed(own, seconds);
      const delay = delays[index];
      if (delay !== undefined) {
        metrics.delivered(own, delay);
      }
    });
    if (error !== undefined) {
      inFlight.failed();
      log.error({ type, reason: describeFailure(error) }, 'delivery failed');
    }
  }

  /** Creates the spans of a delivery that has ended. */
  #trace(delivered: DeliveryResult, { arrived, traceparent }: Delivery): void {
    const { tracing } = this.options;
    if (tracing !== undefined && delivered.traced !== undefined) {
      const { outcomes, error } = delivered;
      traceDelivery(tracing, { ...delivered.traced(), outcomes, error, arrived, traceparent });
    }
  }
}
