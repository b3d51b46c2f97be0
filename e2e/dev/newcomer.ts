import { type ChildProcess, spawn, spawnSync, type SpawnOptions } from 'node:child_process';
import { chownSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from '../../scripts/toolchain.ts';

/** Debian's user that owns nothing. */
const NOBODY = 65_534;

/** Somebody who has Node and npm, an empty folder, and nothing else: no rights, no other program on PATH. */
export class Newcomer {
  readonly #options: SpawnOptions;

  /** @param home folder that is made for them. */
  public constructor(private readonly home: string) {
    const bin = join(home, 'bin');
    mkdirSync(bin, { recursive: true });
    const npm = realpathSync(run('sh', ['-c', 'command -v npm']).trim());
    symlinkSync(process.execPath, join(bin, 'node'));
    symlinkSync(npm, join(bin, 'npm'));
    symlinkSync(join(dirname(npm), 'npx-cli.js'), join(bin, 'npx'));
    // npm runs scripts with it.
    symlinkSync('/bin/sh', join(bin, 'sh'));
    const isRoot = process.getuid?.() === 0;
    if (isRoot) {
      chownSync(home, NOBODY, NOBODY);
    }
    this.#options = {
      cwd: home,
      env: {
        // How this machine reaches the network stays; what npm tells its scripts does not.
        ...Object.fromEntries(
          Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_')),
        ),
        ...{ PATH: bin, HOME: home, CI: 'true' },
        npm_config_registry: run('npm', ['config', 'get', 'registry']).trim(),
        npm_config_update_notifier: 'false',
      },
      ...(isRoot && { uid: NOBODY, gid: NOBODY }),
    };
  }

  /** Runs a command to its end. @throws Error with what it printed when it fails. */
  public run(command: string, args: readonly string[], folder = '.'): string {
    const options = { ...this.#options, cwd: join(this.home, folder), encoding: 'utf8' as const };
    const { status, stdout, stderr } = spawnSync(command, args, options);
    if (status !== 0) {
      throw new Error(`${command} ${args.join(' ')} failed:\n${stdout}${stderr}`);
    }
    return stdout;
  }

  /** Starts a command as a terminal does: what interrupts it reaches all processes of its group. */
  public start(command: string, args: readonly string[], folder: string): ChildProcess {
    return spawn(command, args, {
      ...this.#options,
      cwd: join(this.home, folder),
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }
}
