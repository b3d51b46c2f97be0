import type pg from 'pg';

type Connecting = Parameters<pg.Pool['connect']>[0];

/** The connections of one process of an app to its database, which can be cut as the network or a crash cuts them. */
export class InterruptedPool {
  readonly #open = new Set<pg.PoolClient>();
  #problem: string | undefined;

  /** As the app has it. */
  public readonly pool: pg.Pool;

  public constructor(pool: pg.Pool) {
    // The pool's own methods, such as `query`, take a connection by a callback.
    const connect = (taking?: Connecting): Promise<pg.PoolClient> | undefined => {
      const client = this.#connect(pool);
      if (taking === undefined) {
        return client;
      }
      client.then(
        (taken) => taking(undefined, taken, (destroy) => taken.release(destroy as boolean)),
        (error: unknown) => taking(error as Error, undefined, () => undefined),
      );
      return undefined;
    };
    this.pool = Object.create(pool, { connect: { value: connect } }) as pg.Pool;
  }

  /** Cuts all connections: what is not committed is rolled back. None can be made until `restore`. */
  public cut(problem: string): void {
    this.#problem = problem;
    for (const client of this.#open) {
      client.release(true);
    }
  }

  /** Lets connections be made again. */
  public restore(): void {
    this.#problem = undefined;
  }

  async #connect(pool: pg.Pool): Promise<pg.PoolClient> {
    this.#check();
    const client = await pool.connect();
    try {
      this.#check();
    } catch (error) {
      client.release();
      throw error;
    }
    this.#open.add(client);
    const release = client.release.bind(client);
    client.release = (destroy) => {
      // One that was cut is released once more by what has it.
      if (this.#open.delete(client)) {
        release(destroy);
      }
    };
    return client;
  }

  #check(): void {
    if (this.#problem !== undefined) {
      throw new Error(this.#problem);
    }
  }
}
