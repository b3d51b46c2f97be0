import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Delivered {
  readonly id?: string;
  readonly entries?: readonly { readonly entryId: string; readonly event: { id: string } }[];
}

/** An app that takes every event, one by one or in bulk, and remembers their ids. */
export class ReceivingApp {
  readonly #received: string[] = [];

  private constructor(
    private readonly server: Server,
    public readonly port: number,
  ) {}

  public static async start(): Promise<ReceivingApp> {
    const server = createServer((request, response) => {
      void app.#answer(request).then((answer) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const app = new ReceivingApp(server, (server.address() as AddressInfo).port);
    return app;
  }

  /** Ids of what was received, in its order. */
  public get received(): readonly string[] {
    return this.#received;
  }

  /** Forgets what was received. */
  public forget(): void {
    this.#received.length = 0;
  }

  public stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  async #answer(request: IncomingMessage): Promise<object> {
    if (request.method !== 'POST') {
      // Subscriptions are declared, not told.
      return request.url === '/dapr/subscribe' ? [] : {};
    }
    const { id, entries } = JSON.parse(await text(request)) as Delivered;
    if (entries === undefined) {
      this.#received.push(id!);
      return { status: 'SUCCESS' };
    }
    this.#received.push(...entries.map(({ event }) => event.id));
    return { statuses: entries.map(({ entryId }) => ({ entryId, status: 'SUCCESS' })) };
  }
}
