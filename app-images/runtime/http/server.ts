import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  isRuntimePath,
  jobOfRoute,
  RUNTIME_PATHS,
} from '@cdk8s-event-platform/contracts/interface';
import type { Readiness } from '../database/readiness.ts';
import { describeFailure } from '../errors/failure.ts';
import { DeliveryEndpoint, type DeliveryEndpointOptions } from './delivery-endpoint.ts';
import { JobEndpoint, type JobEndpointOptions } from './job-endpoint.ts';
import { discardBody, limitConnections, sendJson, sendText, serverLimits } from './messages.ts';
import { publicReadiness } from './public-readiness.ts';
import { sidecarTokenCheck } from './sidecar-token.ts';

/** Options of {@link consumerServer}. */
export interface ConsumerServerOptions extends DeliveryEndpointOptions, JobEndpointOptions {
  /** Answers requests that are not the runtime's own. @default - 404 */
  readonly requests?: (request: IncomingMessage, response: ServerResponse) => void;
  readonly readiness: Readiness;
  /** Token that the sidecar sends with each request. @default - no token is needed */
  readonly appApiToken?: string | undefined;
  /** Time for a client to send its request, in milliseconds. @default 30000 */
  readonly requestTimeout?: number;
}

/** The HTTP server of an app: deliveries, jobs, health, and requests. */
export function consumerServer(options: ConsumerServerOptions): Server {
  const { requests, readiness, inFlight, log } = options;
  const deliveries = new DeliveryEndpoint(options);
  const jobs = new JobEndpoint(options);
  const isReady = publicReadiness(readiness, log);
  const isFromSidecar = sidecarTokenCheck(options.appApiToken, log);

  const receive = (path: string, request: IncomingMessage, response: ServerResponse) => {
    const job = jobOfRoute(path);
    return job === undefined
      ? deliveries.receive(path, request, response)
      : jobs.receive(job, request, response);
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
      await inFlight.track(() => receive(path, request, response));
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
