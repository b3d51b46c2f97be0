import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** Milliseconds in which several changes count as one: editors write a file in several steps. */
const SETTLE = 30;

/** Calls a function when files change. The system tells: nothing is polled. */
export class SourceWatcher {
  readonly #watchers = new Map<string, FSWatcher>();
  #files: ReadonlySet<string> = new Set();
  #timer: NodeJS.Timeout | undefined;

  public constructor(private readonly changed: () => void) {}

  /** Watches these files from now on, and no others. */
  public set(files: readonly string[]): void {
    this.#files = new Set(files.map((file) => resolve(file)));
    const folders = new Set([...this.#files].map((file) => dirname(file)));
    for (const [folder, watcher] of this.#watchers) {
      if (!folders.has(folder)) {
        watcher.close();
        this.#watchers.delete(folder);
      }
    }
    for (const folder of folders) {
      if (!this.#watchers.has(folder)) {
        // A folder, not a file: editors replace files.
        const watcher = watch(folder, (_event, name) => this.#see(folder, name));
        watcher.on('error', () => undefined);
        this.#watchers.set(folder, watcher);
      }
    }
  }

  /** Watches nothing any more. */
  public close(): void {
    this.set([]);
    clearTimeout(this.#timer);
  }

  #see(folder: string, name: string | null): void {
    if (name === null || this.#files.has(resolve(folder, basename(name)))) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(this.changed, SETTLE);
    }
  }
}
