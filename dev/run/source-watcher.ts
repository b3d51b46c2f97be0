import { type FSWatcher, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

/** Milliseconds in which several changes count as one: editors write a file in several steps. */
const SETTLE = 30;

/** Calls a function when files change. The system tells: nothing is polled. */
export class SourceWatcher {
  readonly #watchers = new Map<string, FSWatcher>();
  #files: ReadonlySet<string> = new Set();
  /** Folders in which every file counts. */
  readonly #whole = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  public constructor(private readonly changed: () => void) {}

  /** Watches these files from now on, and no others. */
  public set(files: readonly string[]): void {
    this.#files = new Set(files.map((file) => resolve(file)));
    this.#whole.clear();
    const folders = new Set([...this.#files].map((file) => dirname(file)));
    for (const [folder, watcher] of this.#watchers) {
      if (!folders.has(folder)) {
        watcher.close();
        this.#watchers.delete(folder);
      }
    }
    folders.forEach((folder) => this.#watch(folder));
  }

  /** Also watches everything beside some files, until other files are set. */
  public addFolders(files: readonly string[]): void {
    for (const folder of files.map((file) => dirname(resolve(file)))) {
      this.#whole.add(folder);
      this.#watch(folder);
    }
  }

  /** Watches nothing any more. */
  public close(): void {
    this.set([]);
    clearTimeout(this.#timer);
  }

  #watch(folder: string): void {
    if (!this.#watchers.has(folder)) {
      // A folder, not a file: editors replace files.
      const watcher = watch(folder, (_event, name) => this.#see(folder, name));
      watcher.on('error', () => undefined);
      this.#watchers.set(folder, watcher);
    }
  }

  #see(folder: string, name: string | null): void {
    const counts =
      name === null || this.#whole.has(folder) || this.#files.has(resolve(folder, basename(name)));
    if (counts) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(this.changed, SETTLE);
    }
  }
}
