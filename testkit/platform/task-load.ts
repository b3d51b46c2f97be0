import { setTimeout as sleep } from 'node:timers/promises';
import { Poster } from './poster.ts';

/**
 * Clients that post at the same time. A divisor of the poster's number of users: each user's tasks are
 * posted by one client, one after the other, so their numbers say in which order they were accepted.
 */
const CLIENTS = 25;
/** Wait of each client between two tasks of a load that lasts, in milliseconds. */
const PAUSE = 100;

/** Posts tasks, a given number or for as long as something takes. */
export class TaskLoad {
  readonly #poster: Poster;
  readonly #posted = Array.from({ length: CLIENTS }, () => 0);
  #running: Promise<unknown> | undefined;
  #stopped = true;

  /** @param port of the producer. */
  public constructor(port: number) {
    this.#poster = new Poster(port);
  }

  /** User of each task that was accepted. */
  public get confirmed(): ReadonlyMap<string, string> {
    return this.#poster.confirmed;
  }

  /** Posts this many tasks; returns when each is accepted. */
  public async post(count: number): Promise<void> {
    await this.#clients(async (client) => {
      for (let done = client; done < count; done += CLIENTS) {
        await this.#next(client);
      }
    });
  }

  /** Posts tasks until {@link stop}. */
  public start(): void {
    this.#stopped = false;
    this.#running = this.#clients(async (client) => {
      while (!this.#stopped) {
        await this.#next(client);
        await sleep(PAUSE);
      }
    });
    // What it throws is thrown by `stop`.
    this.#running.catch(() => undefined);
  }

  /** Stops; returns when each task that was begun is accepted. */
  public async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** Ends for good. */
  public close(): void {
    this.#stopped = true;
    this.#poster.close();
  }

  #clients(work: (client: number) => Promise<void>): Promise<unknown> {
    return Promise.all(this.#posted.map((_, client) => work(client)));
  }

  #next(client: number): Promise<unknown> {
    const round = this.#posted[client]!++;
    return this.#poster.task(round * CLIENTS + client);
  }
}
