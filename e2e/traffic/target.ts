import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where routes lead, on loopback: some paths answer 500. */
export class RouteTarget {
  readonly #server: Server;

  public constructor() {
    this.#server = createServer((request, response) => {
      response.writeHead(RouteTarget.isHealthy(request.url ?? '/') ? 204 : 500).end();
    });
  }

  /** Whether a URL is one that answers as it should. */
  public static isHealthy(url: string): boolean {
    return !url.endsWith('/broken');
  }

  /** Starts to listen. The process that uses it ends without it. */
  public async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.#server.unref();
    return this;
  }

  /** The URL that a route leads to. */
  public urlOf(index: number): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/${index}${index % 10 === 0 ? '/broken' : ''}`;
  }
}
