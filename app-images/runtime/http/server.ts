import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  IGNORED_EVENTS_ROUTE,
  isRuntimePath,
  RUNTIME_PATHS,
} from '@cdk8s-event-platform/contracts/interface';
import type { Outcome } from '../delivery/batch-transaction.ts';
import { bulkEntries } from '../delivery/bulk.ts';
import { Budget } from './budget.ts';
import type { DeliveryResult, DeliveryReceiver } from '../delivery/delivery-processor.ts';
import { describeFailure } from '../errors/failure.ts';
import { ConcurrencyLimiter, RejectedError } from './concurrency-limiter.ts';
import {
  BodyTooLargeError,
  discardBody,
  limitConnections,
  readBody,
  sendJson,
  sendText,
  serverLimits,
} from './messages.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import type { Logger } from '../telemetry/logging.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';
import type { Readiness } from '../database/readiness.ts';
import { publicReadiness } from './public-readiness.ts';
import { sidecarTokenCheck } from './sidecar-token.ts';
import type { InFlightTracker } from './in-flight-tracker.ts';
import { traceDelivery } from '../delivery/trace-delivery.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import { wallClock } from '../telemetry/wall-clock.ts';

/** Options of {@link consumerServer}. */
export interface ConsumerServerOptions {
  /** Processes deliveries. @default - no subscriptions */
  readonly deliveries?: DeliveryReceiver | undefined;
  /** Answers requests that are not the runtime's own. @default - 404 */
  readonly requests?: (request: IncomingMessage, response: ServerResponse) => void;
  readonly metrics: RuntimeMetrics;
  readonly readiness: Readiness;
  /** Tracks deliveries in flight. */
  readonly inFlight: InFlightTracker;
  readonly log: Logger;
  /** Token that the sidecar sends with each request. @default - no token is needed */
  readonly appApiToken?: string | undefined;
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
  /** Time for a client to send its request, in milliseconds. @default 30000 */
  readonly requestTimeout?: number;
}

/** Time and trace context of a delivery. */
interface Origin {
  readonly arrived: number;
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

/** Status of a delivery that was not processed. */
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

/** The HTTP server of an app: deliveries, health, and requests. */
export function consumerServer(options: ConsumerServerOptions): Server {
  const {
    deliveries = NO_DELIVERIES,
    requests,
    metrics,
    readiness,
    inFlight,
    log,
    tracing,
  } = options;
  const maxBodyBytes = options.maxBodyBytes ?? 64 * 1024 * 1024;
  const limiter = new ConcurrencyLimiter({
    concurrency: options.concurrency ?? 8,
    queueLimit: options.queueLimit ?? 256,
  });
  const bytes = new Budget(options.maxBytes ?? 128 * 1024 * 1024, 'bytes');
  const isReady = publicReadiness(readiness, log);
  const isFromSidecar = sidecarTokenCheck(options.appApiToken, log);

  const report = (type: string, delivered: DeliveryResult, started: number): void => {
    const { outcomes, error, delays = [] } = delivered;
    const results = new Map<Outcome | 'failed', number>();
    for (const outcome of outcomes) {
      const result = outcome ?? 'failed';
      results.set(result, (results.get(result) ?? 0) + 1);
    }
    results.forEach((events, result) => metrics.consumed(type, result, events));
    metrics.processed(type, (performance.now() - started) / 1000, outcomes.length);
    delays.forEach((seconds) => metrics.delivered(type, seconds));
    if (error !== undefined) {
      inFlight.failed();
      log.error({ type, reason: describeFailure(error) }, 'delivery failed');
    }
  };

  /** Creates the spans of a delivery that has ended. */
  const trace = (delivered: DeliveryResult, { arrived, traceparent }: Origin): void => {
    if (tracing !== undefined && delivered.traced !== undefined) {
      const { outcomes, error } = delivered;
      traceDelivery(tracing, { ...delivered.traced(), outcomes, error, arrived, traceparent });
    }
  };

  /** Processes a delivery to a type's route, or acknowledges one of ignored events. */
  const process = async (
    path: string,
    type: string | undefined,
    body: Uint8Array,
    mediaType: string,
    origin: Origin,
    response: ServerResponse,
  ): Promise<void> => {
    const started = performance.now();
    const disconnected = new AbortController();
    response.once('close', () => disconnected.abort());
    if (response.destroyed) {
      // The client hung up while the delivery was in the queue.
      disconnected.abort();
    }
    if (mediaType === SINGLE) {
      if (type === undefined) {
        metrics.consumed('ignored', 'ignored');
        sendJson(response, 200, { status: 'SUCCESS' });
        return;
      }
      const delivered = await deliveries.single(path, body, disconnected.signal);
      report(type, delivered, started);
      const status = statusOf(delivered.outcomes[0]);
      sendJson(response, status === 'SUCCESS' ? 200 : 500, { status });
      trace(delivered, origin);
      return;
    }
    const entries = bulkEntries(body);
    let delivered: DeliveryResult | undefined;
    if (type === undefined) {
      metrics.consumed('ignored', 'ignored', entries.length);
    } else {
      const events = entries.map(({ event }) => event);
      delivered = await deliveries.many(path, events, disconnected.signal);
      report(type, delivered, started);
    }
    const outcomes = delivered?.outcomes;
    sendJson(response, 200, {
      statuses: entries.map(({ entryId }, index) => ({
        entryId,
        status: outcomes === undefined ? 'SUCCESS' : statusOf(outcomes[index]),
      })),
    });
    if (delivered !== undefined) {
      trace(delivered, origin);
    }
  };

  const deliver = async (
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const origin = { arrived: wallClock(), traceparent: request.headers.traceparent };
    const type = deliveries.typeOf(path);
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
      await bytes.use(async (reserve) => {
        const body = await readBody(request, maxBodyBytes, reserve);
        await limiter.run(() => process(path, type, body, mediaType, origin, response));
      });
    } catch (error) {
      const reason = describeFailure(error);
      log.error({ path, reason }, 'delivery refused');
      discardBody(request);
      sendJson(response, refusal(error), { status: 'RETRY', reason });
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.split('?', 1)[0] ?? '/';
    if (requests !== undefined && !isRuntimePath(path)) {
      requests(request, response);
    } else if (request.method !== 'POST' && path === RUNTIME_PATHS.live) {
      sendText(response, 200, 'ok');
    } else if (request.method !== 'POST' && path === RUNTIME_PATHS.ready) {
      const ready = !inFlight.stopping && (await isReady());
      sendText(response, ready ? 200 : 503, ready ? 'ok' : 'not ready');
    } else if (!isFromSidecar(request, path)) {
      discardBody(request);
      sendText(response, 401, 'unauthorized');
    } else if (request.method === 'POST') {
      await inFlight.track(() => deliver(path, request, response));
    } else if (path === '/dapr/subscribe') {
      // Subscriptions are Kubernetes objects; the image declares none of its own.
      sendJson(response, 200, []);
    } else {
      sendText(response, 404, 'not found');
    }
  };

  const server = createServer(serverLimits(options.requestTimeout), (request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error({ reason: describeFailure(error) }, 'request failed');
      sendText(response, 500, 'internal error');
    });
  });
  limitConnections(server);
  return server;
}
