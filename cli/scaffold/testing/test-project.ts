import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { type ProjectNames, TEMPLATE_NAMES } from '../../../create/names.ts';
import { projectFiles, writeProject } from '../../../create/project.ts';
import { main } from '../../event-platform.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** What a call of `event-platform` has printed, and how it ended. */
export interface Called {
  readonly output: string;
  /** Name and message of the error that it ended with; undefined when it succeeded. */
  readonly error?: Error;
}

/** A created project in a folder of the repository, whose packages it resolves; the working directory of the test. */
export class TestProject {
  public readonly folder: string;
  readonly #back = process.cwd();

  public constructor(names: ProjectNames = TEMPLATE_NAMES) {
    // tsx reads the paths of packages when it is first registered.
    process.env.TSX_TSCONFIG_PATH = join(ROOT, 'tsconfig.json');
    mkdirSync(join(ROOT, 'build'), { recursive: true });
    this.folder = mkdtempSync(join(ROOT, 'build', 'scaffold-'));
    writeProject(this.folder, projectFiles(join(ROOT, 'create', 'template'), names, '0.1.0'));
    process.chdir(this.folder);
  }

  public remove(): void {
    process.chdir(this.#back);
    rmSync(this.folder, { recursive: true });
  }

  public read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  public write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** Replaces a text that a file must have. */
  public replace(path: string, text: string, by: string): void {
    const before = this.read(path);
    if (!before.includes(text)) {
      throw new Error(`${path} has no '${text}'`);
    }
    this.write(
      path,
      before.replace(text, () => by),
    );
  }

  /** All files with their texts, without those of git. */
  public files(): Record<string, string> {
    const paths = readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.folder.length + 1))
      .filter((path) => !path.startsWith('.git/'));
    return Object.fromEntries(paths.sort().map((path) => [path, this.read(path)]));
  }

  public commit(): void {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: this.folder });
    git('init', '--quiet');
    git('add', '--all');
    git('-c', 'user.name=test', '-c', 'user.email=test@example.com', 'commit', '-qm', 'test');
  }

  /** Calls `event-platform` in the project. */
  public async call(...args: readonly string[]): Promise<Called> {
    const log = vi.spyOn(console, 'log').mockReturnValue();
    const output = () =>
      log.mock.calls
        .map(([line]) => String(line))
        // What the program of the project prints, which has the same console here.
        .filter((line) => !/\.yaml +\d+ objects$/.test(line))
        .join('\n');
    try {
      await main(args);
      return { output: output() };
    } catch (error) {
      return { output: output(), error: error as Error };
    } finally {
      log.mockRestore();
    }
  }

  /** Calls `event-platform`, which must succeed. @returns what it has printed. */
  public async run(...args: readonly string[]): Promise<string> {
    const { output, error } = await this.call(...args);
    if (error !== undefined) {
      throw error;
    }
    return output;
  }

  /** Adds a service that receives orders and publishes shipments, of an event that has to be there. */
  public async addReturns(publishes = 'order-shipped'): Promise<void> {
    const events = ['--publishes', publishes, '--subscribes', 'order-placed'];
    await this.run('add', 'service', 'returns', ...events);
  }
}
