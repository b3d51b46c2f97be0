import { randomUUID } from 'node:crypto';
import type { TimeSpan } from '@cdk8s-event-platform/contracts';
import { DependencyUnavailableError } from '../errors/failure.ts';
import { StateConflictError } from '../errors/state-conflict-error.ts';
import type { RawState } from './raw-state.ts';
import { type StateClient, ttlOf } from './state-client.ts';
import { appScope } from '../process/app-scope.ts';

/** Options of {@link readThroughCache}. */
export interface ReadThroughCacheOptions {
  /** Time after which a value is loaded again, whether or not it was invalidated. */
  readonly ttl: TimeSpan;
}

/** Loads what is cached, such as from a database; undefined when there is nothing. */
export type Load<Value> = () => Promise<Value | undefined>;

/** Generations live longer than values by this factor: those that end take a good value with them. */
const GENERATION_LIFE = 10;

/** A value as it is cached; `value` is missing where the database has nothing. */
interface Cached {
  readonly value?: unknown;
}

/** A generation of a key. */
interface Generation {
  readonly id: string;
  /** Whether it was created just now, so that it has no value. */
  readonly isNew: boolean;
}

/** Values that are read from a database, and kept in a state store. See {@link readThroughCache}. */
export class ReadThroughCache<Value> {
  readonly #client: StateClient<Value>;
  readonly #raw: RawState;
  readonly #ttl: number;

  /** @internal */
  public constructor(client: StateClient<Value>, { ttl }: ReadThroughCacheOptions) {
    this.#client = client;
    this.#raw = client.raw;
    this.#ttl = ttlOf(ttl);
  }

  /**
   * The value of a key: from the cache, else from `load`, whose value is cached. When the cache cannot be reached,
   * from `load` alone.
   *
   * @param load reads what is committed, after it was called: not what its own transaction has changed.
   * @returns undefined where `load` finds nothing, which is cached, too.
   * @throws what `load` throws.
   */
  public async get(key: string, load: Load<Value>): Promise<Value | undefined> {
    const generation = await this.#orNothing(() => this.#generationOf(key));
    if (generation === undefined) {
      return this.#bypass(load);
    }
    const place = placeOf(key, generation);
    if (!generation.isNew) {
      const found = await this.#orNothing(async () => ({ entry: await this.#raw.get(place) }));
      if (found === undefined) {
        return this.#bypass(load);
      }
      const cached = found.entry?.value as Cached | undefined;
      if (cached !== undefined && this.#fits(cached)) {
        this.#count('hit');
        return cached.value as Value | undefined;
      }
    }
    // The generation is known before the database is read: a change after that has another one.
    const value = await load();
    this.#count('miss');
    if (value === undefined || this.#client.fitting(value)) {
      const cached: Cached = value === undefined ? {} : { value };
      // What is too large for the sidecar is loaded each time.
      await this.#raw.set({ key: place, value: cached, ttl: this.#ttl }).catch(() => undefined);
    }
    return value;
  }

  /**
   * Makes the cached values of keys unreachable. A `get` that begins afterwards returns what is loaded afterwards. Call
   * it after the change is committed, e.g. by the handler of the event about it.
   *
   * @throws DependencyUnavailableError when the cache cannot be reached: the delivery is held, and repeated.
   */
  public async invalidate(...keys: readonly string[]): Promise<void> {
    await this.#raw.setAll(
      [...new Set(keys)].map((key) => ({
        ...{ key, value: randomUUID(), ttl: this.#ttl * GENERATION_LIFE },
        replicated: true,
      })),
    );
    appScope().metrics.cacheInvalidations(this.#raw.store, keys.length);
  }

  /** The generation of a key. Without one, another is created: what was cached before stays unreachable. */
  async #generationOf(key: string): Promise<Generation | undefined> {
    const found = await this.#raw.get(key);
    if (found !== undefined) {
      return generationIn(found.value);
    }
    const id = randomUUID();
    try {
      const ttl = this.#ttl * GENERATION_LIFE;
      await this.#raw.set({ key, value: id, ttl, onlyNew: true });
      return { id, isNew: true };
    } catch (error) {
      if (error instanceof StateConflictError) {
        return generationIn((await this.#raw.get(key))?.value);
      }
      throw error;
    }
  }

  #fits(cached: Cached): boolean {
    return (
      typeof cached === 'object' && (!('value' in cached) || this.#client.fitting(cached.value))
    );
  }

  async #bypass(load: Load<Value>): Promise<Value | undefined> {
    this.#count('bypass');
    return load();
  }

  #count(result: 'hit' | 'miss' | 'bypass'): void {
    appScope().metrics.cacheRequests(this.#raw.store, result);
  }

  /** What a request returns; undefined when the cache cannot be reached. */
  async #orNothing<Result>(run: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await run();
    } catch (error) {
      if (error instanceof DependencyUnavailableError) {
        return undefined;
      }
      throw error;
    }
  }
}

function placeOf(key: string, { id }: Generation): string {
  return `${key}@${id}`;
}

function generationIn(value: unknown): Generation | undefined {
  return typeof value === 'string' ? { id: value, isNew: false } : undefined;
}

/**
 * A cache in front of a database: it never keeps a value that is older than an invalidation, whatever is evicted,
 * expires, is delayed or fails. The guarantee needs a store without replicas that may be promoted, and a component that
 * sends no command twice, as `RedisCache` and `StateStoreBackend.redis` have them.
 *
 * A key holds a random generation, and the value is under the key and the generation. An invalidation gives the key
 * another generation. A value that is loaded meanwhile lands under the old one, which nobody reads any more.
 *
 * @throws Error when an option is not valid.
 *
 * @example
 * const cache = readThroughCache(stateClient(TaskCache), { ttl: { minutes: 10 } });
 * const task = await cache.get(id, () => findTask(tx, id));
 * // Where the event about a change arrives:
 * each(TaskChanged, (_tx, { data }) => cache.invalidate(data.task_id));
 */
export function readThroughCache<Value>(
  client: StateClient<Value>,
  options: ReadThroughCacheOptions,
): ReadThroughCache<Value> {
  return new ReadThroughCache(client, options);
}
