import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { webhookSignature } from '@cdk8s-event-platform/runtime';

/** Services that take signed messages, on loopback: one path for each. */
export class WebhookReceiver {
  /** Ids of messages, repetitions included, by service. */
  public readonly received = new Map<string, string[]>();
  /** Messages whose signature was not right. */
  public forged = 0;
  readonly #server: Server;
  /** Answers left that refuse what comes. */
  #refusals = 0;

  public constructor(secret: string) {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const header = (name: string) => String(request.headers[name]);
        const [id, timestamp] = [header('webhook-id'), header('webhook-timestamp')];
        const body = Buffer.concat(chunks).toString();
        if (header('webhook-signature') !== webhookSignature(secret, id, timestamp, body)) {
          this.forged++;
        }
        if (this.#refusals > 0) {
          this.#refusals--;
          response.writeHead(503).end();
          return;
        }
        const service = (request.url ?? '/').slice(1);
        this.received.set(service, [...(this.received.get(service) ?? []), id]);
        response.writeHead(204).end();
      });
    });
  }

  /** Starts to listen. The process that uses it ends without it. */
  public async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#server.unref();
    return this;
  }

  /** URL of a service. */
  public urlOf(service: string): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/${service}`;
  }

  /** Refuses the next messages. */
  public refuse(messages: number): void {
    this.#refusals = messages;
  }
}
