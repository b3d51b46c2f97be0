import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { IGNORED_EVENTS_ROUTE, RUNTIME_PATHS } from '../../constructs/contracts/index.ts';
import { InvalidEventError } from './cloud-event.ts';
import type { Deliveries } from './delivery.ts';
import { describeFailure } from './failure.ts';
import { BodyTooLargeError, readBody, sendJson, sendText } from './http.ts';
import type { RuntimeMetrics } from './metrics.ts';
import type { Readiness } from './readiness.ts';
import type { Work } from './shutdown.ts';

/** What a consumer's server is made of. */
export interface ConsumerServerOptions {
  readonly deliveries: Deliveries;
  readonly metrics: RuntimeMetrics;
  readonly readiness: Readiness;
  /** Counts what is in flight, and knows when the process is stopping. */
  readonly work: Work;
  readonly log: Logger;
  /** Largest delivery, in bytes. @default 8 MiB, above what sidecars accept */
  readonly maxBodyBytes?: number;
}

/**
 * What the sidecar does next. A 404 would acknowledge the event and lose it, so no delivery is ever
 * answered with one.
 *
 * @see https://docs.dapr.io/reference/api/pubsub_api/#expected-http-response
 */
const ANSWER = {
  acknowledge: { status: 'SUCCESS' },
  deadLetter: { status: 'DROP' },
  tryAgain: { status: 'RETRY' },
} as const;

/** The HTTP server of a consumer: deliveries, health and metrics. */
export function consumerServer(options: ConsumerServerOptions): Server {
  const { deliveries, metrics, readiness, work, log } = options;
  const maxBodyBytes = options.maxBodyBytes ?? 8 * 1024 * 1024;

  const deliver = async (
    type: string,
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const started = performance.now();
    const hangUp = new AbortController();
    response.once('close', () => hangUp.abort());
    const seconds = () => (performance.now() - started) / 1000;
    try {
      const body = await readBody(request, maxBodyBytes);
      const outcome = await deliveries.process(path, body, hangUp.signal);
      metrics.consumed(type, outcome, seconds());
      sendJson(response, 200, ANSWER.acknowledge);
    } catch (error) {
      const reason = describeFailure(error);
      if (error instanceof InvalidEventError || error instanceof BodyTooLargeError) {
        metrics.consumed(type, 'invalid', seconds());
        log.error({ type, reason }, 'event goes to the dead letters');
        sendJson(response, 200, ANSWER.deadLetter);
      } else {
        work.failed();
        metrics.consumed(type, 'failed', seconds());
        log.error({ type, reason }, hangUp.signal.aborted ? 'sidecar hung up' : 'delivery failed');
        sendJson(response, 500, { ...ANSWER.tryAgain, reason });
      }
    }
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url?.split('?', 1)[0] ?? '/';
    if (request.method === 'POST') {
      const type = deliveries.typeOf(path);
      if (type !== undefined) {
        await work.track(() => deliver(type, path, request, response));
      } else if (path === IGNORED_EVENTS_ROUTE) {
        request.resume();
        metrics.consumed('ignored', 'ignored', 0);
        sendJson(response, 200, ANSWER.acknowledge);
      } else {
        request.resume();
        log.error({ path }, 'no handler: manifest of the platform and image disagree');
        sendJson(response, 500, { ...ANSWER.tryAgain, reason: 'no handler for this path' });
      }
      return;
    }
    if (path === RUNTIME_PATHS.live) {
      sendText(response, 200, 'ok');
    } else if (path === RUNTIME_PATHS.ready) {
      const reason = work.stopping ? 'stopping' : await readiness();
      sendText(response, reason === undefined ? 200 : 503, reason ?? 'ok');
    } else if (path === RUNTIME_PATHS.metrics) {
      sendText(response, 200, await metrics.text(), metrics.contentType);
    } else if (path === '/dapr/subscribe') {
      // Subscriptions are Kubernetes objects; the image declares none of its own.
      sendJson(response, 200, []);
    } else {
      sendText(response, 404, 'not found');
    }
  };

  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      log.error({ reason: describeFailure(error) }, 'request failed');
      sendText(response, 500, 'internal error');
    });
  });
}
