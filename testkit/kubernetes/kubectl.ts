import { spawn, type SpawnOptions } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { dump } from 'js-yaml';
import { ClusterApi } from './cluster-api.ts';

/** Settings of a command. */
interface CommandOptions {
  /** Standard input. @default - none */
  readonly input?: string;
  /** Seconds until it is given up. @default 600 */
  readonly deadline?: number;
}

/** The output of a program. @throws Error with the output when it fails. */
function output(
  name: string,
  program: string,
  args: readonly string[],
  { input = '', deadline = 600 }: CommandOptions,
  options: SpawnOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...options, stdio: 'pipe', timeout: deadline * 1000 });
    const said: Buffer[] = [];
    const errors: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      const text = Buffer.concat(said).toString();
      if (code === 0) {
        resolve(text);
      } else {
        const reason = `${text}${Buffer.concat(errors).toString()}`.trim();
        reject(new Error(`${name} (${code ?? signal}): ${reason}`));
      }
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** `kubectl` with one cluster. It knows no other: the user's own kubeconfig is never read. */
export class Kubectl {
  #api: ClusterApi | undefined;

  public constructor(
    private readonly program: string,
    public readonly kubeconfig: string,
  ) {}

  /** Reads of the same cluster without the program. */
  public get api(): ClusterApi {
    return (this.#api ??= new ClusterApi(this.kubeconfig));
  }

  /**
   * Runs a command and returns its output.
   *
   * @throws Error with its output when it fails.
   */
  public run(args: readonly string[], options: CommandOptions = {}): Promise<string> {
    const own = ['--kubeconfig', this.kubeconfig, `--cache-dir=${this.#cache}`];
    const name = `kubectl ${args.slice(0, 4).join(' ')}`;
    return output(name, this.program, [...own, ...args], options);
  }

  /**
   * Runs a line of a shell as a reader of the docs would, with this cluster as the current one.
   *
   * @param folder that it runs in.
   * @throws Error with its output when it fails.
   */
  public shell(line: string, folder: string): Promise<string> {
    const env = {
      ...process.env,
      PATH: `${dirname(this.program)}${delimiter}${process.env.PATH}`,
      KUBECONFIG: this.kubeconfig,
      KUBECACHEDIR: this.#cache,
    };
    const args = ['-o', 'pipefail', '-c', line];
    return output(line, 'bash', args, { deadline: 900 }, { cwd: folder, env });
  }

  get #cache(): string {
    return `${this.kubeconfig}-cache`;
  }

  /** Applies objects on the server's side, as an installation of operators does. */
  public install(objects: readonly object[]): Promise<string> {
    return this.run(['apply', '--server-side', '--force-conflicts', '-f', '-'], {
      input: objects.map((object) => `---\n${dump(object, { noRefs: true })}`).join(''),
    });
  }
}
