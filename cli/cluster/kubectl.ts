import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** What a command does in a cluster. Runs of tests have a cluster of their own behind it. */
export interface Kubectl {
  /** Runs kubectl, and returns what it says. @throws Error in one line with the remedy. */
  run(args: readonly string[], input?: string): Promise<string>;
  /**
   * Runs kubectl, and hands on what it says line by line until it ends or is told that this is enough.
   *
   * @param onLine returns whether it has heard enough.
   */
  lines(args: readonly string[], onLine: (line: string) => boolean): Promise<void>;
}

/** What people do about what kubectl says. */
const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [
    /Forbidden|forbidden:/,
    'ask for the right, or use a context that has it (--context); docs/commands.md lists the rights of each command',
  ],
  [
    /Unable to connect|was refused|no such host|i\/o timeout|current-context is not set|no configuration/,
    'see `kubectl config get-contexts`, and choose one with --context',
  ],
  [/context .* does not exist|no context exists/, 'see `kubectl config get-contexts`'],
  [
    /deployments.apps "event-tools" not found|pods? .*not found/,
    'apply what the program declares first',
  ],
];

/** Why kubectl failed, with what to do about it. */
export function kubectlProblem(args: readonly string[], said: string): string {
  const reason = said.trim().split('\n').slice(-5).join('; ');
  const [, remedy] = REMEDIES.find(([pattern]) => pattern.test(reason)) ?? [];
  const call = args
    .filter((arg) => !arg.startsWith('-'))
    .slice(0, 2)
    .join(' ');
  return `kubectl ${call}: ${reason === '' ? 'failed without a word' : reason}${remedy === undefined ? '' : `: ${remedy}`}`;
}

function failed(error: NodeJS.ErrnoException): Error {
  return error.code === 'ENOENT'
    ? new Error('kubectl is not installed, or not on the PATH: install it first', { cause: error })
    : error;
}

/** The program `kubectl`. @param context of the kubeconfig. @default - the current one */
export function kubectlOf(context: string | undefined, program = 'kubectl'): Kubectl {
  const start = (args: readonly string[]): ChildProcessWithoutNullStreams =>
    spawn(program, [...(context === undefined ? [] : [`--context=${context}`]), ...args], {
      stdio: 'pipe',
    });
  const ended = (child: ChildProcessWithoutNullStreams, args: readonly string[]) => {
    const errors: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    // Of a program that has ended.
    child.stdin.on('error', () => undefined);
    return new Promise<void>((resolve, reject) => {
      child.once('error', (error) => reject(failed(error)));
      child.once('close', (code) =>
        code === 0
          ? resolve()
          : reject(new Error(kubectlProblem(args, Buffer.concat(errors).toString()))),
      );
    });
  };
  return {
    run: async (args, input = '') => {
      const child = start(args);
      const said: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
      child.stdin.end(input);
      await ended(child, args);
      return Buffer.concat(said).toString();
    },
    lines: async (args, onLine) => {
      const child = start(args);
      const heard = { enough: false };
      const end = ended(child, args);
      const reader = createInterface({ input: child.stdout });
      reader.on('line', (line) => {
        if (!heard.enough && onLine(line)) {
          heard.enough = true;
          // What runs in the pod ends with its standard input.
          child.stdin.end();
        }
      });
      const interrupted = () => {
        heard.enough = true;
        child.stdin.end();
      };
      process.once('SIGINT', interrupted);
      try {
        await end;
      } catch (error) {
        if (!heard.enough) {
          throw error;
        }
      } finally {
        process.removeListener('SIGINT', interrupted);
        reader.close();
      }
    },
  };
}

/** An object of a cluster, as far as commands look at it. */
export interface ClusterObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
    readonly deletionTimestamp?: string;
  };
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

/** Reads JSON of kubectl; undefined where it has said nothing, as of an object that is not there. */
export function objectIn(said: string): ClusterObject | undefined {
  return said.trim() === '' ? undefined : (JSON.parse(said) as ClusterObject);
}

/** Reads a list of objects. */
export function objectsIn(said: string): readonly ClusterObject[] {
  return (JSON.parse(said) as { readonly items: readonly ClusterObject[] }).items;
}
