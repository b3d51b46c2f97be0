/** A value as Redis has it: a hash with `data`, `version` and perhaps `first-write`. */
interface Entry {
  readonly data: string;
  readonly version: number;
  readonly firstWrite: boolean;
  /** Milliseconds since 1970. @default - it is kept */
  readonly expires?: number | undefined;
}

/** A write as Dapr's component for Redis makes it. */
export interface MemoryWrite {
  readonly key: string;
  /** JSON text. */
  readonly data: string;
  /** Version that the value must have; 0 for any. */
  readonly version: number;
  readonly firstWrite: boolean;
  /** Seconds; 0 or less for ever. @default - that of the value before */
  readonly ttl?: number | undefined;
}

/** What a read returns. */
export interface MemoryEntry {
  /** JSON text. */
  readonly data: string;
  readonly etag: string;
}

/**
 * Values in memory, written by the rules of Dapr's component for Redis: versions count from 1 for each value, also for one
 * that was deleted, has expired or was evicted before.
 *
 * @see https://github.com/dapr/components-contrib/blob/v1.18.4/state/redis/redis.go
 */
export class MemoryState {
  readonly #entries = new Map<string, Entry>();

  /** @param now milliseconds since 1970. @default - those of the system */
  public constructor(private readonly now: () => number = Date.now) {}

  /** Keys of values. */
  public get keys(): readonly string[] {
    return [...this.#entries.keys()].filter((key) => this.#live(key) !== undefined);
  }

  public get(key: string): MemoryEntry | undefined {
    const entry = this.#live(key);
    return entry && { data: entry.data, etag: String(entry.version) };
  }

  /** Writes a value. @returns whether its version allows it. */
  public set({ key, data, version, firstWrite, ttl }: MemoryWrite): boolean {
    const entry = this.#live(key);
    if (entry !== undefined && entry.version !== version && !(version === 0 && !entry.firstWrite)) {
      return false;
    }
    this.#entries.set(key, {
      data,
      version: (entry?.version ?? 0) + 1,
      firstWrite: firstWrite || entry?.firstWrite === true,
      expires: ttl === undefined ? entry?.expires : ttl > 0 ? this.now() + ttl * 1_000 : undefined,
    });
    return true;
  }

  /** Deletes a value. @returns whether its version allows it. */
  public delete(key: string, etag = '0'): boolean {
    const entry = this.#live(key);
    if (entry !== undefined && etag !== '0' && String(entry.version) !== etag) {
      return false;
    }
    this.#entries.delete(key);
    return true;
  }

  /** Forgets a value, as a server does that needs room. */
  public evict(key: string): void {
    this.#entries.delete(key);
  }

  /** Forgets everything, as a server does that restarts. */
  public clear(): void {
    this.#entries.clear();
  }

  #live(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    if (entry?.expires !== undefined && entry.expires <= this.now()) {
      this.#entries.delete(key);
      return undefined;
    }
    return entry;
  }
}
