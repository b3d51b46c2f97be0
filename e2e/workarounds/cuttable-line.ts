import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** The way to a server, as long as one likes, which can be cut at a moment that is known. */
export class CuttableLine {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #holding = false;
  #heldBytes = 0;

  private constructor(port: number, delay: number) {
    // Timers of one length end in the order in which they were started.
    const later = (write: () => void) => (delay > 0 ? void setTimeout(write, delay) : write());
    this.#server = createServer((client) => {
      const upstream = connect(port, '127.0.0.1');
      this.#join(client, upstream, (part) => {
        if (this.#holding) {
          this.#heldBytes += part.length;
        } else {
          later(() => upstream.write(part));
        }
      });
      this.#join(upstream, client, (part) => later(() => client.write(part)));
    });
    // A run that has failed ends without it.
    this.#server.unref();
  }

  /**
   * @param address `host:port` of a server on loopback.
   * @param delay milliseconds that everything takes on its way, in each direction.
   */
  public static async to(address: string, delay = 0): Promise<CuttableLine> {
    const line = new CuttableLine(Number(address.split(':')[1]), delay);
    await new Promise<void>((resolve) => line.#server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  /** What clients connect to. */
  public get address(): string {
    return `127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  /** From now on, what clients send does not reach the server. */
  public hold(): void {
    this.#holding = true;
    this.#heldBytes = 0;
  }

  /** Waits until clients have sent so many bytes that do not reach the server. */
  public async held(bytes: number): Promise<void> {
    for (let waited = 0; this.#heldBytes < bytes; waited += 10) {
      if (waited > 10_000) {
        throw new Error(`${this.#heldBytes} bytes were sent on a line that is held, not ${bytes}`);
      }
      await sleep(10);
    }
  }

  /** Ends all connections. New ones are connected through. */
  public cut(): void {
    this.#sockets.forEach((socket) => socket.destroy());
    this.#holding = false;
  }

  public close(): void {
    this.#server.close();
    this.cut();
  }

  #join(from: Socket, to: Socket, take: (part: Buffer) => void): void {
    this.#sockets.add(from);
    from.on('data', take);
    from.on('error', () => undefined);
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
