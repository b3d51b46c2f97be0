import { createServer, type Server } from 'node:http';
import { RUNTIME_PATHS } from '@cdk8s-event-platform/contracts/interface';
import { sendText, serverLimits } from './messages.ts';
import type { RuntimeMetrics } from '../telemetry/metrics.ts';

/** Scrapers keep a connection each; nobody else may connect. */
const MAX_CONNECTIONS = 64;
/** Time for a scraper to send its request, in milliseconds. */
const REQUEST_TIMEOUT = 10_000;

/**
 * The HTTP server of an image's metrics. It has a port of its own: who may deliver events or post
 * requests need not see what the app does.
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
  // A client that does not read its answer is no reason to keep it.
  server.setTimeout(30_000);
  return server;
}
