import type { StateStoreContract, TimeSpan } from '@cdk8s-event-platform/contracts';
import {
  compileSchema,
  secondsOf,
  timeSpan,
  withCode,
} from '@cdk8s-event-platform/contracts/internal';
import { boundedReasons } from '../events/schema-check.ts';
import { type RawEntry, RawState, type RawWrite } from './raw-state.ts';

/** A value and its version. */
export interface StateEntry<Value> {
  readonly value: Value;
  /** Version of the value. Another write gives it another one; a value that was deleted and written may have the same. */
  readonly etag: string;
}

/** How a value is written. */
export interface StateSetOptions {
  /** Time after which it is forgotten. @default - that of the store */
  readonly ttl?: TimeSpan;
  /** Version that the value must have. @default - any */
  readonly etag?: string;
  /** Whether the key must have no value. @default false */
  readonly onlyNew?: boolean;
}

/** A value to write among others. */
export interface StateSetEntry<Value> extends Pick<StateSetOptions, 'ttl'> {
  readonly key: string;
  readonly value: Value;
}

/** Options of {@link stateClient}. */
export interface StateClientOptions {
  /** Time in which the sidecar has to answer, in milliseconds. @default 1000 */
  readonly timeout?: number;
}

/** Longest time for which a value is kept: a year, in seconds. */
const MAX_TTL = 366 * 86_400;
const TIMEOUT = 1_000;

/** A check of values. @throws Error when the bundle was made without the store. */
function checkOf({ name, schema }: StateStoreContract): (value: unknown) => string[] {
  if (schema === undefined) {
    return (value) => (value === undefined ? ['value is undefined: use null or delete'] : []);
  }
  const validate = compileSchema({ name, schema: schema as object });
  if ((validate as unknown) === undefined) {
    throw new Error(
      withCode(
        'EP8002',
        `state store '${name}' is not listed under 'state' of the manifest: add it`,
      ),
    );
  }
  return (value) =>
    validate(value)
      ? []
      : boundedReasons(
          validate.errors ?? [],
          ({ instancePath, message, keyword }) => `value${instancePath} ${message ?? keyword}`,
        );
}

/** Values of a state store, which the app's sidecar keeps. See {@link stateClient}. */
export class StateClient<Value> {
  /** @internal */
  public readonly raw: RawState;
  readonly #problemsOf: (value: unknown) => string[];
  readonly #ttl: number | undefined;

  /** @internal */
  public constructor(contract: StateStoreContract<Value>, options: StateClientOptions = {}) {
    const { timeout = TIMEOUT } = options;
    if (!(timeout >= 1 && timeout <= 60_000)) {
      throw new Error(withCode('EP1001', `timeout (${timeout}) must be 1 to 60000 milliseconds`));
    }
    this.raw = new RawState(contract.name, timeout);
    this.#problemsOf = checkOf(contract);
    this.#ttl = contract.ttl && secondsOf(contract.ttl);
  }

  /** The value of a key; undefined when it is missing, or does not fit the schema. @throws DependencyUnavailableError */
  public async get(key: string): Promise<StateEntry<Value> | undefined> {
    return this.#entryOf(await this.raw.get(key));
  }

  /** The values of those keys that have one. @throws DependencyUnavailableError */
  public async getAll(keys: readonly string[]): Promise<Map<string, StateEntry<Value>>> {
    const found = await this.raw.getAll(keys);
    return new Map(
      [...found].flatMap(([key, raw]) => {
        const entry = this.#entryOf(raw);
        return entry === undefined ? [] : [[key, entry] as const];
      }),
    );
  }

  /**
   * Writes a value.
   *
   * @throws StateConflictError when the value has another version than `etag`, or is there and `onlyNew` is set.
   * @throws DependencyUnavailableError when the store cannot be reached. It may be written all the same.
   * @throws Error when it does not fit the schema of the store.
   */
  public async set(key: string, value: Value, options: StateSetOptions = {}): Promise<void> {
    const { etag, onlyNew = false } = options;
    if (etag !== undefined && onlyNew) {
      throw new Error(
        withCode('EP1003', 'etag and onlyNew contradict each other: what is new has no version'),
      );
    }
    await this.raw.set({ ...this.#write({ key, value, ...options }), etag, onlyNew });
  }

  /**
   * Writes several values, whatever is there. They are not written together: when it fails, some may be.
   *
   * @throws as {@link set}
   */
  public async setAll(entries: readonly StateSetEntry<Value>[]): Promise<void> {
    await this.raw.setAll(entries.map((entry) => this.#write(entry)));
  }

  /**
   * Deletes a value. Without one, nothing happens.
   *
   * @throws StateConflictError when the value has another version than `etag`.
   * @throws DependencyUnavailableError when the store cannot be reached.
   */
  public async delete(key: string, options: Pick<StateSetOptions, 'etag'> = {}): Promise<void> {
    await this.raw.delete(key, options.etag);
  }

  /** @internal The value, when it fits the schema. */
  public fitting(value: unknown): value is Value {
    return this.#problemsOf(value).length === 0;
  }

  /** @internal Why a value cannot be kept. */
  public problemsOf(value: unknown): readonly string[] {
    return this.#problemsOf(value);
  }

  #entryOf(raw: RawEntry | undefined): StateEntry<Value> | undefined {
    return raw !== undefined && this.fitting(raw.value)
      ? { value: raw.value, etag: raw.etag }
      : undefined;
  }

  #write({ key, value, ttl }: StateSetEntry<Value>): RawWrite {
    const problems = this.#problemsOf(value);
    if (problems.length > 0) {
      throw new Error(
        `the value of '${key}' does not fit state store '${this.raw.store}': ${problems.join('; ')}`,
      );
    }
    return { key, value, ttl: ttl === undefined ? this.#ttl : ttlOf(ttl) };
  }
}

/** A time for which values are kept, in seconds. @throws Error when it is not valid. */
export function ttlOf(ttl: TimeSpan): number {
  const [problem] = timeSpan(1, MAX_TTL)('ttl', ttl);
  if (problem !== undefined) {
    throw new Error(withCode('EP1001', problem));
  }
  return secondsOf(ttl);
}

/**
 * A client of a state store of the app's manifest, through the sidecar. Values have the type of the store's schema.
 *
 * @throws Error when an option is not valid.
 *
 * @example
 * const sessions = stateClient(Sessions);
 * await sessions.set(token, { user_id: 'u1' }, { ttl: { minutes: 30 } });
 * const session = await sessions.get(token);
 *
 * @see https://docs.dapr.io/reference/api/state_api/
 */
export function stateClient<Value>(
  contract: StateStoreContract<Value>,
  options: StateClientOptions = {},
): StateClient<Value> {
  return new StateClient(contract, options);
}
