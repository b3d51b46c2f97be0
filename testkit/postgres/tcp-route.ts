import { connect, createServer, type Socket } from 'node:net';

/**
 * What a Service or a DNS name is in a cluster: an address that stays while what is behind it changes.
 */
export class TcpRoute {
  readonly #open = new Set<() => void>();
  #target: number;
  /** Loopback port that clients connect to. */
  public readonly port: number;

  private constructor(port: number, target: number) {
    this.port = port;
    this.#target = target;
  }

  /** Opens a route to a loopback port. */
  public static async open(target: number): Promise<TcpRoute> {
    const server = createServer((client) => route.#connect(client));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const route = new TcpRoute((server.address() as { port: number }).port, target);
    // The run ends without it.
    server.unref();
    return route;
  }

  /**
   * Leads new connections to another port, and cuts those that are open.
   *
   * @param options.keepOpen leaves open connections with the server they lead to, as DNS does.
   */
  public switchTo(target: number, options: { readonly keepOpen?: boolean } = {}): void {
    this.#target = target;
    if (options.keepOpen !== true) {
      this.#open.forEach((cut) => cut());
    }
  }

  /** Connections that are open. */
  public get connections(): number {
    return this.#open.size;
  }

  #connect(client: Socket): void {
    const server = connect(this.#target, '127.0.0.1');
    const cut = (): void => {
      this.#open.delete(cut);
      client.destroy();
      server.destroy();
    };
    this.#open.add(cut);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      socket.on('error', cut);
      socket.on('close', cut);
    }
    client.pipe(server).pipe(client);
  }
}
