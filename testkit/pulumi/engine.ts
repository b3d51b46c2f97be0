import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { signalFamily } from '../processes.ts';
import { ManagedProcess } from '../process.ts';

/** How many resources a command has left as they were, created and so on, by Pulumi's own names. */
export type Counts = Readonly<Record<string, number>>;

/** What a command of the engine has done. */
export interface Outcome {
  readonly ok: boolean;
  readonly counts: Counts;
  /** Resources that something was done to, as `<operation> <type> <name>`. */
  readonly steps: readonly string[];
  /** Kubernetes objects that something was done to, as `<kind>/<name>`. */
  readonly objects: readonly string[];
  /** Output of the command. */
  readonly output: string;
  readonly seconds: number;
}

/** A resource of a state. */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
}

/** The state of a stack. */
export interface State {
  readonly resources: readonly StateResource[];
  readonly pending: number;
  /** The text of the export. */
  readonly text: string;
}

/** A provider that is a program of its own, as `pulumi plugin install` would place it. */
export interface Plugin {
  /** Name of the package, e.g. `kubernetes`. */
  readonly name: string;
  /** Version that programs ask for. */
  readonly version: string;
  /** Path of the program. */
  readonly program: string;
}

/** What {@link Engine} needs. */
export interface EngineOptions {
  /** Folder of the built programs. */
  readonly tools: string;
  /** Folder with Pulumi.yaml. */
  readonly project: string;
  readonly stack: string;
  /** Folder for states, logs and Pulumi's own things. */
  readonly folder: string;
  /** Providers that it starts. */
  readonly plugins: readonly Plugin[];
  /** Providers to attach to, as `PULUMI_DEBUG_PROVIDERS` has them. */
  readonly providers: readonly string[];
  /** Variables for the engine and what it starts. Read at each command. */
  readonly env: Readonly<Record<string, string>>;
}

interface Event {
  readonly summaryEvent?: { readonly resourceChanges?: Counts };
  readonly resOutputsEvent?: { readonly metadata: StepMetadata };
}

interface StepMetadata {
  readonly op: string;
  readonly urn: string;
  readonly type: string;
}

/** Commands that plan or change a stack. */
export type Command = 'preview' | 'up' | 'refresh' | 'destroy';

/** The real engine, as its command line. */
export class Engine {
  #number = 0;
  #current: ManagedProcess | undefined;

  public constructor(private readonly options: EngineOptions) {
    mkdirSync(this.#states, { recursive: true });
    for (const { name, version, program } of options.plugins) {
      const plugin = join(this.#home, 'plugins', `resource-${name}-v${version}`);
      mkdirSync(plugin, { recursive: true });
      symlinkSync(program, join(plugin, `pulumi-resource-${name}`));
    }
  }

  get #home(): string {
    return join(this.options.folder, 'home');
  }

  get #states(): string {
    return join(this.options.folder, 'states');
  }

  /** Runs `preview`, `up`, `refresh` or `destroy`. */
  public async run(command: Command, ...args: string[]) {
    const events = join(this.options.folder, `${this.#number}-${command}.events`);
    const unattended = command === 'preview' ? [] : ['--yes', '--skip-preview'];
    const started = performance.now();
    const { code, output } = await this.#pulumi([
      command,
      ...unattended,
      '--event-log',
      events,
      ...args,
    ]);
    const seconds = (performance.now() - started) / 1000;
    const lines = existsSync(events) ? readFileSync(events, 'utf8').trim().split('\n') : [];
    // It has the debug messages of the program, and with them its secrets.
    rmSync(events, { force: true });
    // What was killed has not written its last line.
    const happened = lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as Event];
      } catch {
        return [];
      }
    });
    const summary = happened.findLast(({ summaryEvent }) => summaryEvent !== undefined);
    const done = happened
      .flatMap(({ resOutputsEvent }) => resOutputsEvent?.metadata ?? [])
      .filter(({ op }) => op !== 'same')
      .map(({ op, urn, type }) => ({ op, type, name: urn.split('::').at(-1)! }));
    const outcome: Outcome = {
      ok: code === 0,
      counts: summary?.summaryEvent?.resourceChanges ?? {},
      steps: done.map(({ op, type, name }) => `${op} ${type} ${name}`),
      objects: done
        .filter(({ type }) => type.startsWith('kubernetes:'))
        .map(({ type, name }) => `${type.split(':').at(-1)!}/${name.split('/').at(-1)!}`),
      output,
      seconds,
    };
    return outcome;
  }

  /** Runs any other command. @throws Error with its output when it fails. */
  public async call(...args: string[]): Promise<string> {
    const { code, output } = await this.#pulumi(args);
    if (code !== 0) {
      throw new Error(`pulumi ${args.join(' ')} ended with ${code}:\n${output}`);
    }
    return output;
  }

  /** The state of the stack. */
  public async state(...args: string[]): Promise<State> {
    const file = join(this.options.folder, 'state.json');
    await this.call('stack', 'export', '--file', file, ...args);
    const text = readFileSync(file, 'utf8');
    rmSync(file);
    const { deployment } = JSON.parse(text) as {
      deployment: {
        resources?: readonly StateResource[];
        pending_operations?: readonly unknown[];
      };
    };
    return {
      resources: deployment.resources ?? [],
      pending: deployment.pending_operations?.length ?? 0,
      text,
    };
  }

  /** Kills what is running and what it has started, as a machine does that is switched off. */
  public kill(): void {
    if (this.#current?.pid !== undefined) {
      signalFamily(this.#current.pid, 'SIGKILL');
    }
  }

  async #pulumi(args: readonly string[]) {
    const { tools, project, stack, folder, providers, env } = this.options;
    const log = join(folder, `${this.#number++}-${args[0]!}.log`);
    this.#current = new ManagedProcess({
      name: `pulumi ${args[0]!}`,
      command: join(tools, 'pulumi'),
      args: [...args, '--stack', stack, '--non-interactive', '--color', 'never', '--cwd', project],
      env: {
        PATH: `${tools}:${process.env.PATH}`,
        PULUMI_HOME: this.#home,
        PULUMI_BACKEND_URL: `file://${this.#states}`,
        PULUMI_CONFIG_PASSPHRASE: 'only for this run',
        PULUMI_DEBUG_COMMANDS: 'true',
        PULUMI_DEBUG_PROVIDERS: providers.join(','),
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: 'true',
        PULUMI_SKIP_UPDATE_CHECK: 'true',
        ...env,
      },
      log,
    });
    const started = await this.#current.start();
    const code = await started.ended();
    return { code, output: readFileSync(log, 'utf8') };
  }
}
