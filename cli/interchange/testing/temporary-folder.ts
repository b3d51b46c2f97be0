import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { main } from '../../event-platform.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** A folder of the repository, whose packages files in it resolve; the working directory of the test. */
export class TemporaryFolder {
  public readonly path: string;
  readonly #back = process.cwd();

  public constructor() {
    process.env.TSX_TSCONFIG_PATH = join(ROOT, 'tsconfig.json');
    mkdirSync(join(ROOT, 'build'), { recursive: true });
    this.path = mkdtempSync(join(ROOT, 'build', 'interchange-'));
    process.chdir(this.path);
  }

  public remove(): void {
    process.chdir(this.#back);
    rmSync(this.path, { recursive: true });
  }

  public write(path: string, content: unknown): void {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    mkdirSync(join(this.path, path, '..'), { recursive: true });
    writeFileSync(join(this.path, path), text);
  }

  public read(path: string): string {
    return readFileSync(join(this.path, path), 'utf8');
  }

  /** Every file with its text. */
  public files(): Record<string, string> {
    const entries = readdirSync(this.path, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.path.length + 1));
    return Object.fromEntries(paths.sort().map((path) => [path, this.read(path)]));
  }

  /** Calls `event-platform contracts`. @returns what it prints on standard output and error. */
  public async call(...args: readonly string[]): Promise<{ output: string; notes: string }> {
    const printed = { output: '', notes: '' };
    const spies = [
      vi.spyOn(console, 'log').mockImplementation((line) => void (printed.output += `${line}\n`)),
      vi.spyOn(console, 'error').mockImplementation((line) => void (printed.notes += `${line}\n`)),
      vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
        printed.output += String(text);
        return true;
      }),
    ];
    try {
      await main(['contracts', ...args]);
      return printed;
    } finally {
      spies.forEach((spy) => spy.mockRestore());
    }
  }
}
