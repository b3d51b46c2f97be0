import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** An app that runs. */
export interface AppProcessOptions {
  /** Its program, as Node runs it. */
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
  /** Folder for temporary files, which is empty at each start: the runtime would take the next for that of a container. */
  readonly temporary: string;
  /** Port for a debugger. */
  readonly debugPort: number;
  /** Takes a line about the app, or of its output. */
  readonly log: (line: string) => void;
}

/** What Node says of its debugger, on each start. */
const DEBUGGER_LINES =
  /^(Debugger (listening on|attached|ending on)|For help, see: https:\/\/nodejs\.org|Waiting for the debugger)/;

/** The program of an app's folder; undefined when it has none. */
export function programOf(folder: string): string | undefined {
  return ['main.ts', 'main.mts', 'main.js', 'main.mjs']
    .map((file) => join(folder, file))
    .find((file) => existsSync(file));
}

/** Runs an app as a process of its own, which can be started again. */
export class AppProcess {
  #child: ChildProcess | undefined;
  #starts = 0;
  /** One start or end after the other. */
  #turn: Promise<void> = Promise.resolve();
  #stopping = false;

  public constructor(private readonly options: AppProcessOptions) {
    void this.restart();
  }

  /** Whether its process runs. */
  public get running(): boolean {
    return this.#child !== undefined && !hasEnded(this.#child);
  }

  /** How often its process was started. */
  public get starts(): number {
    return this.#starts;
  }

  /**
   * Kills the process, and starts it again. It is not asked to end: it would wait for deliveries, and nothing that it
   * does is lost by that.
   */
  public restart(): Promise<void> {
    this.#turn = this.#turn.then(async () => {
      await this.#kill();
      this.#start();
    });
    return this.#turn;
  }

  /** Kills the process. */
  public async stop(): Promise<void> {
    this.#stopping = true;
    await this.#turn;
    await this.#kill();
  }

  #start(): void {
    if (!this.#stopping && existsSync(this.options.file)) {
      this.#spawn();
      this.options.log(this.#starts++ === 0 ? 'started' : 'restarted');
    }
  }

  #spawn(): void {
    const { file, env, temporary, debugPort, log } = this.options;
    const { PATH, HOME } = process.env;
    rmSync(temporary, { recursive: true, force: true });
    mkdirSync(temporary, { recursive: true });
    const child = spawn(
      process.execPath,
      ['--enable-source-maps', `--inspect=127.0.0.1:${debugPort}`, file],
      {
        env: {
          ...{ PATH, HOME, TMPDIR: temporary, TEMP: temporary },
          NODE_COMPILE_CACHE: join(dirname(file), 'compile-cache'),
          ...env,
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        text
          .trimEnd()
          .split(/\r?\n/)
          .filter((line) => !DEBUGGER_LINES.test(line))
          .forEach(log);
      });
    }
    child.once('exit', (code, signal) => {
      if (this.#child === child && !this.#stopping) {
        log(`ended with ${code ?? signal ?? 'an error'}; it starts again when its sources change`);
      }
    });
  }

  async #kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child !== undefined && !hasEnded(child)) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    }
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
