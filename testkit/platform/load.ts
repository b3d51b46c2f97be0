import { Agent, request } from 'node:http';

/** Answer of {@link post}. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** How long to wait for an answer, in milliseconds. */
const TIMEOUT = 30_000;

/** Keeps connections open between requests. */
export class LoadClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });

  /** @param host to post to. @default '127.0.0.1' */
  public constructor(private readonly host = '127.0.0.1') {}

  /** Posts a body to a port. */
  public post(
    port: number,
    path: string,
    body: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const call = request(
        { host: this.host, port, path, method: 'POST', agent: this.#agent, headers },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              body: Buffer.concat(chunks).toString(),
            }),
          );
        },
      );
      call.on('error', reject);
      call.setTimeout(TIMEOUT, () => call.destroy(new Error('no answer')));
      call.end(body);
    });
  }

  /** Closes the connections. */
  public close(): void {
    this.#agent.destroy();
  }
}

/** Runs `work` for 0 to `count` − 1, `width` at a time. */
export async function inParallel(
  count: number,
  width: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(width, count) }, async () => {
      while (next < count) {
        await work(next++);
      }
    }),
  );
}
