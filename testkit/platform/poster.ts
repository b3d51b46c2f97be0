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
    for (let attempt = 0; attempt < 300; attempt++) {
      const answer = await this.post(taskBody(index), key).catch(() => undefined);
      if (answer?.status === 202) {
        this.confirmed.set(key, `user-${index % USERS}`);
        return (JSON.parse(answer.body) as { data: unknown }).data;
      }
      if (answer !== undefined && answer.status !== 503) {
        throw new Error(`the producer answered ${answer.status} to ${key}`);
      }
      await sleep(500);
    }
    throw new Error(`the producer has not taken ${key} in 300 tries`);
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
