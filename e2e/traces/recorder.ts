import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TraceEndpoint } from '../../constructs/index.ts';
import { otlpJsonSpans } from './otlp-json.ts';
import { otlpProtobufSpans } from './otlp-protobuf.ts';
import type { RecordedSpan } from './span.ts';
import { zipkinSpans } from './zipkin.ts';

/** How spans came. */
export type Format = 'zipkin' | 'otlp json' | 'otlp protobuf';

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The format of a request's spans; undefined when this recorder does not take it. */
function formatOf({ url, headers }: IncomingMessage): Format | undefined {
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (url === '/api/v2/spans') {
    return 'zipkin';
  }
  if (url !== '/v1/traces') {
    return undefined;
  }
  return type === 'application/json' ? 'otlp json' : 'otlp protobuf';
}

function decode(format: Format, body: Buffer): RecordedSpan[] {
  switch (format) {
    case 'zipkin':
      return zipkinSpans(body.toString());
    case 'otlp json':
      return otlpJsonSpans(body.toString());
    case 'otlp protobuf':
      return otlpProtobufSpans(body);
  }
}

/** Stands in for a collector of traces: takes spans by each protocol, and keeps those of some traces. */
export class SpanRecorder {
  /** Spans received, by the format in which they came. */
  public readonly received = new Map<Format, number>();
  /** What was sent that could not be read. */
  public readonly problems: string[] = [];
  readonly #traces = new Map<string, RecordedSpan[]>();
  readonly #server: Server;

  public constructor() {
    this.#server = createServer((request, response) => {
      this.#take(request).then(
        (status) => response.writeHead(status).end(),
        (error: unknown) => {
          this.problems.push(`${request.url}: ${(error as Error).message}`);
          response.writeHead(400).end();
        },
      );
    });
  }

  /** Listens on a loopback port. */
  public async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  /** Where spans are to be sent to. */
  public endpoint(protocol: 'zipkin' | 'otlp'): TraceEndpoint {
    const origin = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return protocol === 'otlp'
      ? TraceEndpoint.otlp(origin)
      : TraceEndpoint.zipkin(`${origin}/api/v2/spans`);
  }

  /** Keeps the spans of a trace from now on. */
  public watch(traceId: string): void {
    this.#traces.set(traceId, []);
  }

  /** What has been received of a trace that is watched. */
  public spans(traceId: string): readonly RecordedSpan[] {
    return this.#traces.get(traceId) ?? [];
  }

  public async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage): Promise<number> {
    const format = formatOf(request);
    const body = await bodyOf(request);
    if (request.method !== 'POST' || format === undefined) {
      return 404;
    }
    const spans = decode(format, body);
    this.received.set(format, (this.received.get(format) ?? 0) + spans.length);
    for (const span of spans) {
      this.#traces.get(span.traceId)?.push(span);
    }
    return format === 'zipkin' ? 202 : 200;
  }
}
