import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between two looks at the table, where no delivery says that an answer may be there. */
const LOOK_INTERVAL = 100;

/**
 * Waits for answers, which any pod of the app may have received: it looks for them in the table, with one statement for
 * all, while somebody waits.
 */
export class ReplyWaiters {
  readonly #waiting = new Map<string, Set<(reply: unknown) => void>>();
  #looking = false;
  #wake = new AbortController();

  /** @param find the answers that have come, by the id of the command. */
  public constructor(
    private readonly find: (ids: readonly string[]) => Promise<ReadonlyMap<string, unknown>>,
  ) {}

  /** Calls that wait. */
  public get size(): number {
    return [...this.#waiting.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** Looks at once: an answer may have come. */
  public wake(): void {
    this.#wake.abort();
  }

  /** Waits for the answer to a command. @throws the signal's reason when it aborts. */
  public async wait(id: string, signal: AbortSignal): Promise<unknown> {
    signal.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const give = (reply: unknown) => resolve(reply);
    const giveUp = () => reject(signal.reason as Error);
    const own = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, own.add(give));
    signal.addEventListener('abort', giveUp);
    void this.#look();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
      own.delete(give);
      // An answer has taken these out, and others may wait for the same again.
      if (own.size === 0 && this.#waiting.get(id) === own) {
        this.#waiting.delete(id);
      }
    }
  }

  async #look(): Promise<void> {
    if (this.#looking) {
      return;
    }
    this.#looking = true;
    while (this.#waiting.size > 0) {
      this.#wake = new AbortController();
      // Without the database, the next look may succeed.
      const found = await this.find([...this.#waiting.keys()]).catch(
        () => new Map<string, unknown>(),
      );
      for (const [id, reply] of found) {
        this.#waiting.get(id)?.forEach((give) => give(reply));
        this.#waiting.delete(id);
      }
      if (this.#waiting.size > 0) {
        await sleep(LOOK_INTERVAL, undefined, { signal: this.#wake.signal }).catch(() => undefined);
      }
    }
    this.#looking = false;
  }
}
