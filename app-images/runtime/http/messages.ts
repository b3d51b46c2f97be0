import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

/** A body was longer than the limit. */
export class BodyTooLargeError extends Error {
  public override readonly name = 'BodyTooLargeError';
  /** HTTP status of the answer. */
  public readonly statusCode = 413;
}

/** Time for a client to send its request, in milliseconds. */
const REQUEST_TIMEOUT = 30_000;
/** Connections that a server has at the same time. */
const MAX_CONNECTIONS = 1_024;

/**
 * Bounds of every server of the runtime: of headers in bytes, and of the time in which a client has
 * to send its headers and its whole request.
 *
 * @param requestTimeout in milliseconds. @default 30000
 */
export function serverLimits(
  requestTimeout = REQUEST_TIMEOUT,
): ServerOptions & { readonly requestTimeout: number } {
  return {
    requestTimeout,
    headersTimeout: Math.min(10_000, requestTimeout),
    connectionsCheckingInterval: 1_000,
    maxHeaderSize: 16 * 1024,
  };
}

/** Bounds the connections of a server; more than that are closed when they are made. */
export function limitConnections(server: Server): void {
  server.maxConnections = MAX_CONNECTIONS;
}

/**
 * Reads the body of a request. A body over the limit is read to its end and thrown away, so that
 * the client gets an answer instead of a broken connection.
 *
 * @param limit in bytes.
 * @param reserve is told the bytes of each part as it comes, and throws where that is too many now.
 * @throws BodyTooLargeError when the body is longer.
 * @throws what `reserve` throws.
 */
export async function readBody(
  request: Readable,
  limit: number,
  reserve: (bytes: number) => void = () => undefined,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  // What is left of a body that is not taken is for the caller to discard: the client gets an answer.
  const parts = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  for await (const chunk of parts) {
    length += chunk.length;
    if (length <= limit) {
      reserve(chunk.length);
      chunks.push(chunk);
    } else {
      chunks.length = 0;
    }
  }
  if (length > limit) {
    throw new BodyTooLargeError(`the body has ${length} bytes, at most ${limit} are accepted`);
  }
  return Buffer.concat(chunks);
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  sendText(response, status, JSON.stringify(body), 'application/json');
}

/** Answers with a text, unless the client has gone. */
export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  contentType = 'text/plain; charset=utf-8',
): void {
  if (!response.writableEnded && !response.destroyed) {
    response.writeHead(status, { 'content-type': contentType }).end(text);
  }
}

/** Reads a request to its end without keeping it, so that its connection can be used again. */
export function discardBody(request: IncomingMessage): void {
  if (!request.destroyed) {
    request.resume();
  }
}
