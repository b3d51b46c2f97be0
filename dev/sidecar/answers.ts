import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request is refused, with the status and body that daprd answers. */
export class Refusal extends Error {
  public override readonly name = 'Refusal';

  public constructor(
    public readonly status: number,
    public readonly errorCode: string,
    message: string,
  ) {
    super(message);
  }
}

/** Sends a JSON answer. */
export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    })
    .end(text);
}

/** Reads a body. @returns undefined when it is longer than the limit. */
export async function readBody(
  request: IncomingMessage,
  limit: number,
): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= limit) {
      chunks.push(chunk);
    }
  }
  return bytes > limit ? undefined : Buffer.concat(chunks);
}
