import type { IncomingMessage, ServerResponse } from 'node:http';

/** A body was longer than the limit. */
export class BodyTooLargeError extends Error {
  public override readonly name = 'BodyTooLargeError';
}

/**
 * Reads the body of a request. A body over the limit is read to its end and thrown away, so that
 * the client gets an answer instead of a broken connection.
 *
 * @param limit in bytes.
 * @throws BodyTooLargeError when the body is longer.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) {
      chunks.push(chunk);
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
