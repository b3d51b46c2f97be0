import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildContext, type BuildFailure, context } from 'esbuild';
import { SourceWatcher } from './source-watcher.ts';

/** An app that runs from its sources. */
export interface AppProcessOptions {
  readonly appId: string;
  /** Its program: a module in TypeScript or JavaScript. */
  readonly program: string;
  /** Folder for what is bundled. */
  readonly folder: string;
  /** Takes a line about the app, or of its output. */
  readonly log: (line: string) => void;
}

type Environment = Readonly<Record<string, string>>;

/** Milliseconds until a process that does not end is killed. */
const GRACE = 3_000;

/** The program of an app's folder; undefined when it has none. */
export function programOf(folder: string): string | undefined {
  return ['main.ts', 'main.mts', 'main.js', 'main.mjs']
    .map((file) => join(folder, file))
    .find((file) => existsSync(file));
}

/** Runs an app as a process of its own, and starts it again when its sources change. */
export class AppProcess {
  readonly #watcher = new SourceWatcher(() => void this.#bundle());
  #bundler: BuildContext<{ metafile: true }> | undefined;
  #child: ChildProcess | undefined;
  /** Variables of the process. @default - it is not to run yet */
  #env: Environment | undefined;
  #bundled = false;
  /** One start or end after the other. */
  #turn: Promise<void> = Promise.resolve();
  #stopping = false;

  private constructor(private readonly options: AppProcessOptions) {}

  /** Bundles an app, and watches its sources. A program that cannot be bundled is reported. */
  public static async bundle(options: AppProcessOptions): Promise<AppProcess> {
    const app = new AppProcess(options);
    app.#bundler = await context({
      entryPoints: [options.program],
      outfile: app.#file,
      ...{ bundle: true, platform: 'node', target: 'node22', format: 'esm', metafile: true },
      ...{ sourcemap: true, sourcesContent: false, external: ['pg-native'], logLevel: 'silent' },
      // Packages in CommonJS look for Node's modules with require, which ES modules lack.
      banner: {
        js: `import{createRequire}from'node:module';const require=createRequire(import.meta.url);`,
      },
    });
    app.#watcher.set([options.program]);
    await app.#bundle();
    return app;
  }

  /** Starts the process, now and whenever its sources have changed. */
  public start(env: Environment): void {
    this.#env = env;
    this.#restart();
  }

  /** Ends the process, and watches its sources no more. */
  public async stop(): Promise<void> {
    this.#stopping = true;
    this.#watcher.close();
    await this.#turn;
    await Promise.all([this.#end(), this.#bundler?.dispose()]);
  }

  get #file(): string {
    return join(this.options.folder, `${this.options.appId}.mjs`);
  }

  async #bundle(): Promise<void> {
    try {
      const { metafile } = await this.#bundler!.rebuild();
      const sources = Object.keys(metafile.inputs).filter((file) => !file.includes('node_modules'));
      if (!this.#stopping) {
        this.#watcher.set(sources);
        this.#bundled = true;
        this.#restart();
      }
    } catch (error) {
      const [first] = (error as Partial<BuildFailure>).errors ?? [];
      const { file = this.options.program, line = 1 } = first?.location ?? {};
      const reason = first?.text ?? (error as Error).message;
      const rest = this.#bundled ? '; the last version goes on' : '';
      this.options.log(`${file}:${line}: ${reason}${rest}`);
    }
  }

  /** Starts the process after the one that runs has ended, once it may run. */
  #restart(): void {
    const env = this.#env;
    if (env === undefined || !this.#bundled) {
      return;
    }
    this.#turn = this.#turn.then(async () => {
      const again = this.#child !== undefined;
      await this.#end();
      if (!this.#stopping) {
        this.#spawn(env);
        this.options.log(again ? 'restarted' : 'started');
      }
    });
  }

  #spawn(env: Environment): void {
    const { folder, log } = this.options;
    const { PATH, HOME } = process.env;
    const child = spawn(process.execPath, ['--enable-source-maps', this.#file], {
      env: { PATH, HOME, NODE_COMPILE_CACHE: join(folder, 'compile-cache'), ...env },
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
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
      return;
    }
    const ended = new Promise((resolve) => child.once('exit', resolve));
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE);
    child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  }
}
