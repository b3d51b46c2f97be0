import { setTimeout as sleep } from 'node:timers/promises';
import { LoadClient } from '../../testkit/platform/load.ts';

/** Tasks of how many users are posted at the same time. */
const USERS = 24;
/** Wait between two tasks of a user, in milliseconds. */
const PAUSE = 60;

/**
 * Posts tasks for as long as it runs, each user's one after the other: the number in the title says in
 * which order. A task that was not answered is repeated under its key until it is.
 */
export class FaultLoad {
  readonly #client = new LoadClient();
  readonly #counts = new Map<string, number>();
  #users: Promise<void>[] = [];
  #running = false;
  /** User of each accepted event. */
  public readonly confirmed = new Map<string, string>();

  public constructor(private readonly port: number) {}

  /** Starts, or goes on. */
  public start(): void {
    this.#running = true;
    this.#users = Array.from({ length: USERS }, (_, index) => this.#user(`user-${index}`));
  }

  /** Stops once everything that was begun has been accepted. */
  public async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#users);
  }

  /** Ends for good. */
  public close(): void {
    this.#running = false;
    this.#client.close();
  }

  async #user(user: string): Promise<void> {
    while (this.#running) {
      const number = (this.#counts.get(user) ?? 0) + 1;
      this.#counts.set(user, number);
      await this.#post(user, number);
      await sleep(PAUSE);
    }
  }

  async #post(user: string, number: number): Promise<void> {
    const id = `${user}-${number}`;
    const body = JSON.stringify({ user_id: user, title: String(number) });
    const headers = { 'content-type': 'application/json', 'idempotency-key': id };
    for (;;) {
      const answer = await this.#client
        .post(this.port, '/tasks', body, headers)
        .catch(() => undefined);
      if (answer?.status === 202) {
        this.confirmed.set(id, user);
        return;
      }
      if (answer !== undefined && answer.status < 500) {
        throw new Error(`the producer answered ${answer.status} to ${id}: ${answer.body}`);
      }
      await sleep(200);
    }
  }
}
