import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A file with another text than before. */
export interface EditedFile {
  readonly path: string;
  readonly original: string;
  readonly text: string;
}

/** What a command does to the files of a project, by paths relative to it. */
export interface Change {
  /** New files, with their texts. */
  readonly created: ReadonlyMap<string, string>;
  readonly edited: readonly EditedFile[];
  /** Files and folders that are removed. */
  readonly removed: readonly string[];
}

/** Steps that undo what was done, the last one first. */
class Undo {
  readonly #steps: (() => void)[] = [];

  public add(step: () => void): void {
    this.#steps.unshift(step);
  }

  /** Takes every step, those behind one that fails, too. @throws Error that says what failed. */
  public run(): void {
    const failed = this.#steps.splice(0).flatMap((step) => {
      try {
        step();
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    });
    if (failed.length > 0) {
      throw new Error(`files could not be restored: ${failed.join('; ')}`);
    }
  }

  /** Keeps what was done, and does something else in the end. */
  public replaceBy(step: () => void): void {
    this.#steps.splice(0, Infinity, step);
  }
}

function create(folder: string, path: string, text: string, undo: Undo): void {
  const file = join(folder, path);
  const made = mkdirSync(dirname(file), { recursive: true });
  if (made !== undefined) {
    undo.add(() => rmSync(made, { recursive: true }));
  }
  writeFileSync(file, text, { flag: 'wx' });
  undo.add(() => rmSync(file));
}

function edit(folder: string, { path, original, text }: EditedFile, undo: Undo): void {
  const file = join(folder, path);
  if (readFileSync(file, 'utf8') !== original) {
    throw new Error(`${path} has changed in between: start this again`);
  }
  undo.add(() => {
    if (readFileSync(file, 'utf8') !== original) {
      writeFileSync(file, original);
    }
  });
  writeFileSync(file, text);
}

/** Moves a file or folder into another, so that what git ignores in it can be restored, too. */
function move(folder: string, path: string, target: string, undo: Undo): void {
  renameSync(join(folder, path), target);
  undo.add(() => renameSync(target, join(folder, path)));
}

/**
 * Applies a change and checks it. What fails on the way, a signal or a program that ends the process included,
 * leaves the files as they were.
 *
 * @param folder of the project.
 * @param check throws when the change is not to stay.
 */
export async function applyChange<Result>(
  folder: string,
  { created, edited, removed }: Change,
  check: () => Promise<Result>,
): Promise<Result> {
  const undo = new Undo();
  const end = () => undo.run();
  const signalled = (signal: NodeJS.Signals) => {
    undo.run();
    process.kill(process.pid, signal);
  };
  process.once('exit', end).once('SIGINT', signalled).once('SIGTERM', signalled);
  try {
    // In the project, since a rename does not reach another file system.
    const kept = mkdtempSync(join(folder, '.event-platform-'));
    const forget = () => rmSync(kept, { recursive: true });
    undo.add(forget);
    removed.forEach((path, index) => move(folder, path, join(kept, String(index)), undo));
    created.forEach((text, path) => create(folder, path, text, undo));
    edited.forEach((file) => edit(folder, file, undo));
    const result = await check();
    undo.replaceBy(forget);
    return result;
  } finally {
    process.off('exit', end).off('SIGINT', signalled).off('SIGTERM', signalled);
    undo.run();
  }
}
