import type pg from 'pg';

type Connecting = Parameters<pg.Pool['connect']>[0];

/** The connections of one process of an app to its database, which can be cut as the network or a crash cuts them. */
export class InterruptedPool {
  readonly #open = new Set<pg.PoolClient>();
  #problem: string | undefined;

  /** As the app has it. */
  public readonly pool: pg.Pool;

  public constructor(pool: pg.Pool) {
    const connect = (taking?: Connecting): Promise<pg.PoolClient> | void => {
      const client = this.#connect(pool);
      if (taking === undefined) {
        return client;
      }
      client.then(
        (taken) => taking(undefined, taken, (error) => taken.release(error)),
        (error: unknown) => taking(error as Error, undefined, () => undefined),
      );
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
    const { release } = client;
    this.#open.add(client);
    // One that was cut is released once more by who has it.
    client.release = (error) => {
      if (this.#open.delete(client)) {
        client.release = release;
        release(error);
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
