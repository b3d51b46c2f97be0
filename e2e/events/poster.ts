import { setTimeout as sleep } from 'node:timers/promises';
import { LoadClient } from './load.ts';

const USERS = 200;

function taskBody(index: number): string {
  return JSON.stringify({ user_id: `user-${index % USERS}`, title: `Task ${index}` });
}

/** Posts tasks through the producer; each that is confirmed goes into `confirmed`. */
export class Poster {
  readonly #client: LoadClient;
  public readonly confirmed = new Map<string, string>();

  /** @param host of the producer. @default '127.0.0.1' */
  public constructor(
    private readonly port: number,
    host?: string,
  ) {
    this.#client = new LoadClient(host);
  }

  /**
   * Posts one task, again after a 503, as the producer's answer says, and when there is no answer: its
   * key makes that safe. Returns the data of its event.
   */
  public async task(index: number): Promise<unknown> {
    const key = `task-${index}`;
    let last = '';
    for (let attempt = 0; attempt < 300; attempt++) {
      try {
        const { status, body } = await this.post(taskBody(index), key);
        if (status === 202) {
          this.confirmed.set(key, `user-${index % USERS}`);
          return (JSON.parse(body) as { data: unknown }).data;
        }
        last = String(status);
      } catch (error) {
        last = (error as Error).message;
      }
      if (last.startsWith('4')) {
        break;
      }
      await sleep(500);
    }
    throw new Error(`the producer has not taken ${key}: its last answer was ${last}`);
  }

  public post(body: string, key: string) {
    return this.#client.post(this.port, '/tasks', body, {
      'content-type': 'application/json',
      'idempotency-key': key,
    });
  }

  public close(): void {
    this.#client.close();
  }
}
