import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const MEBIBYTE = Buffer.alloc(1024 * 1024, 1);

/** A small file system of its own, which can be filled without harm to other processes. */
export class SmallVolume {
  #mounted = true;

  private constructor(private readonly folder: string) {}

  /** Mounts one; undefined where this user may not. */
  public static mount(folder: string, mebibytes: number): SmallVolume | undefined {
    mkdirSync(folder, { recursive: true });
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=755`, 'tmpfs', folder], {
        stdio: 'ignore',
      });
      const volume = new SmallVolume(folder);
      // Whatever ends the runner, nothing of it is left behind.
      process.once('exit', () => volume.unmount());
      return volume;
    } catch {
      return undefined;
    }
  }

  /** Fills it to the last byte. */
  public fill(): void {
    const file = openSync(this.#ballast, 'w');
    try {
      for (;;) {
        writeSync(file, MEBIBYTE);
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') {
        throw error;
      }
    } finally {
      closeSync(file);
    }
  }

  /** Makes room again. */
  public clear(): void {
    rmSync(this.#ballast, { force: true });
  }

  public unmount(): void {
    if (this.#mounted) {
      this.#mounted = false;
      execFileSync('umount', ['-l', this.folder], { stdio: 'ignore' });
    }
  }

  get #ballast(): string {
    return join(this.folder, 'ballast');
  }
}
