import { createServer, type Server } from 'node:http';
import { RUNTIME_PATHS } from '@cdk8s-event-platform/contracts/interface';
import { sendText, serverLimits } from './messages.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';

/** Each scraper keeps one connection. */
const MAX_CONNECTIONS = 64;
/** Time for a scraper to send its request, in milliseconds. */
const REQUEST_TIMEOUT = 10_000;

/**
 * The HTTP server of an image's metrics. It has its own port, so that clients that deliver events or send requests cannot
 * read metrics.
 */
export function metricsServer(metrics: RuntimeMetrics): Server {
  const server = createServer(serverLimits(REQUEST_TIMEOUT), (request, response) => {
    request.resume();
    const path = request.url?.split('?', 1)[0];
    if (request.method === 'GET' && path === RUNTIME_PATHS.metrics) {
      metrics.text().then(
        (text) => sendText(response, 200, text, metrics.contentType),
        () => sendText(response, 500, 'internal error'),
      );
    } else {
      sendText(response, 404, 'not found');
    }
  });
  server.maxConnections = MAX_CONNECTIONS;
  // Closes the connection of a client that does not read its answer.
  server.setTimeout(30_000);
  return server;
}
