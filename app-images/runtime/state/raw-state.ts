import { StateConflictError } from '../errors/state-conflict-error.ts';
import { saysConflict, StateApi, type StateRequest } from './state-api.ts';
import { stateKeyProblem } from './state-key.ts';

/** A value of a state store, and its version. */
export interface RawEntry {
  readonly value: unknown;
  readonly etag: string;
}

/** A value to write. */
export interface RawWrite {
  readonly key: string;
  /** JSON value. */
  readonly value: unknown;
  /** In seconds. @default - it is kept */
  readonly ttl?: number | undefined;
  /** Version that the value must have. @default - any */
  readonly etag?: string | undefined;
  /** Whether there must be no value. @default false */
  readonly onlyNew?: boolean;
  /** Whether replicas of the store have to have it, as far as the store can tell. @default false */
  readonly replicated?: boolean;
}

/** A version that no value has in Redis, whose versions count from 1: only what is new is written with it. */
const NO_VERSION = '-1';
/** What PostgreSQL's component says of that version: its own are UUIDs. */
const NOT_A_VERSION = 'invalid UUID';

/**
 * A value as it is kept: JSON in a string. Dapr's component for Redis rounds numbers in JSON to six decimals.
 *
 * @see https://github.com/dapr/components-contrib/blob/v1.18.4/state/redis/redis.go
 */
function packed(value: unknown): string {
  return JSON.stringify(value);
}

/** The value of what is kept; undefined when it cannot be read. What others have written as JSON is read, too. */
function unpacked(data: unknown): unknown {
  if (typeof data !== 'string') {
    return data;
  }
  try {
    return JSON.parse(data) as unknown;
  } catch {
    return undefined;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * A write as the sidecar takes it. Its concurrency is left out: in Redis, a value that was once written with `first-write`
 * is never overwritten without its version again.
 */
function body({ key, value, ttl, etag, replicated }: RawWrite): object {
  return {
    ...{ key, value: packed(value), etag },
    // Without a time, Redis would keep that of the value before.
    metadata: { ttlInSeconds: String(ttl ?? -1) },
    ...(replicated === true && { options: { consistency: 'strong' } }),
  };
}

/** Values of one state store, whatever their schema. */
export class RawState {
  readonly #api: StateApi;

  /** @param timeout of one request, in milliseconds. */
  public constructor(
    public readonly store: string,
    timeout: number,
  ) {
    this.#api = new StateApi(store, timeout);
  }

  /** @throws DependencyUnavailableError */
  public async get(key: string): Promise<RawEntry | undefined> {
    const reply = await this.#api.send({ method: 'GET', path: this.#pathOf(key) });
    return reply.status === 204 || reply.etag === undefined
      ? undefined
      : { value: unpacked(parsed(reply.body)), etag: reply.etag };
  }

  /** Entries of those that are there, by their keys. @throws DependencyUnavailableError */
  public async getAll(keys: readonly string[]): Promise<ReadonlyMap<string, RawEntry>> {
    keys.forEach((key) => this.#check(key));
    if (keys.length === 0) {
      return new Map();
    }
    const reply = await this.#api.send({ method: 'POST', path: '/bulk', body: { keys } });
    const found = JSON.parse(reply.body) as readonly {
      readonly key: string;
      readonly data?: unknown;
      readonly etag?: string;
      readonly error?: string;
    }[];
    const failed = found.find(({ error = '' }) => error !== '');
    if (failed !== undefined) {
      throw this.#api.unavailable(failed.error!);
    }
    return new Map(
      found.flatMap(({ key, data, etag }) =>
        etag === undefined ? [] : [[key, { value: unpacked(data), etag }] as const],
      ),
    );
  }

  /** @throws StateConflictError, DependencyUnavailableError */
  public async set(write: RawWrite): Promise<void> {
    const { key, etag, onlyNew } = write;
    this.#check(key);
    const send = (entry: object) => this.#api.send({ method: 'POST', body: [entry] });
    let reply = await send(body(onlyNew === true ? { ...write, etag: NO_VERSION } : write));
    if (onlyNew === true && saysConflict(reply) && reply.body.includes(NOT_A_VERSION)) {
      reply = await send({ ...body(write), options: { concurrency: 'first-write' } });
    }
    if (saysConflict(reply)) {
      throw await this.#conflict(key, etag, reply.body);
    }
  }

  /** Not one transaction: when it fails, some may be written. @throws DependencyUnavailableError */
  public async setAll(writes: readonly RawWrite[]): Promise<void> {
    writes.forEach(({ key }) => this.#check(key));
    if (writes.length > 0) {
      await this.#api.send({ method: 'POST', body: writes.map(body) });
    }
  }

  /** @throws StateConflictError, DependencyUnavailableError */
  public async delete(key: string, etag?: string): Promise<void> {
    const request: StateRequest = { method: 'DELETE', path: this.#pathOf(key), ifMatch: etag };
    const reply = await this.#api.send(request);
    if (saysConflict(reply)) {
      throw await this.#conflict(key, etag, reply.body);
    }
  }

  /** Dapr calls it a conflict, too, when Redis cannot be reached: the value tells. */
  async #conflict(key: string, etag: string | undefined, reason: string): Promise<Error> {
    const now = await this.get(key);
    const isConflict = etag === undefined ? now !== undefined : now?.etag !== etag;
    return isConflict ? new StateConflictError(this.store, key) : this.#api.unavailable(reason);
  }

  #pathOf(key: string): string {
    this.#check(key);
    return `/${encodeURIComponent(key)}`;
  }

  /** @throws Error when a key cannot be used. */
  #check(key: string): void {
    const problem = stateKeyProblem(key);
    if (problem !== undefined) {
      throw new Error(`key '${key}' of state store '${this.store}' ${problem}`);
    }
  }
}
