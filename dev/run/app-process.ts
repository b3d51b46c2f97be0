import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** An app that runs. */
export interface AppProcessOptions {
  /** Its program, as Node runs it. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** Takes a line about the app, or of its output. */
  readonly log: (line: string) => void;
}

/** Milliseconds until a process that does not end is killed. */
const GRACE = 3_000;

/** The program of an app's folder; undefined when it has none. */
export function programOf(folder: string): string | undefined {
  return ['main.ts', 'main.mts', 'main.js', 'main.mjs']
    .map((file) => join(folder, file))
    .find((file) => existsSync(file));
}

/** Runs an app as a process of its own, which can be started again. */
export class AppProcess {
  #child: ChildProcess | undefined;
  /** One start or end after the other. */
  #turn: Promise<void> = Promise.resolve();
  #stopping = false;

  public constructor(private readonly options: AppProcessOptions) {
    this.restart();
  }

  /** Starts the process after the one that runs has ended. */
  public restart(): void {
    this.#turn = this.#turn.then(async () => {
      const again = this.#child !== undefined;
      await this.#end();
      if (!this.#stopping && existsSync(this.options.file)) {
        this.#spawn();
        this.options.log(again ? 'restarted' : 'started');
      }
    });
  }

  /** Ends the process. */
  public async stop(): Promise<void> {
    this.#stopping = true;
    await this.#turn;
    await this.#end();
  }

  #spawn(): void {
    const { file, env, log } = this.options;
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, ['--enable-source-maps', file], {
      env: { PATH, HOME, NODE_COMPILE_CACHE: join(dirname(file), 'compile-cache'), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        text.trimEnd().split('\n').forEach(log);
      });
    }
    child.once('exit', (code, signal) => {
      if (this.#child === child && !this.#stopping) {
        log(`ended with ${code ?? signal ?? 'an error'}; it starts again when its sources change`);
      }
    });
  }

  async #end(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.exitCode !== null || child.signalCode !== null) {
      return;
    }
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  }
}
