import { spawn, type SpawnOptions } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dump } from 'js-yaml';

/** An object as the API server gives it, as far as tests look into it. */
export interface ClusterObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly generation?: number;
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly replicas?: number;
    readonly containers?: readonly {
      readonly name: string;
      readonly image: string;
      readonly ports?: readonly {
        readonly name?: string;
        readonly containerPort: number;
        readonly protocol?: string;
      }[];
    }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly readyReplicas?: number;
    readonly updatedReplicas?: number;
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
    }[];
  };
}

/** Settings of a command. */
interface CommandOptions {
  /** Standard input. @default - none */
  readonly input?: string;
  /** Seconds until it is given up. @default 600 */
  readonly deadline?: number;
}

/** Whether a pod is ready, or has done what it was made for. */
export function isReady({ status }: ClusterObject): boolean {
  return (
    status?.phase === 'Succeeded' ||
    (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True')
  );
}

/** Whether a workload has all its pods, all of them as it is declared now. */
export function isComplete({ metadata, spec, status }: ClusterObject): boolean {
  const wanted = spec.replicas ?? 1;
  return (
    status?.observedGeneration === metadata.generation &&
    (status?.replicas ?? 0) === wanted &&
    (status?.updatedReplicas ?? 0) === wanted &&
    (status?.readyReplicas ?? 0) === wanted
  );
}

/** What a program says. @throws Error with the same when it fails. */
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
  public constructor(
    private readonly program: string,
    public readonly kubeconfig: string,
  ) {}

  /**
   * Runs a command and returns what it says.
   *
   * @throws Error with what it says when it fails.
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
   * @throws Error with what it says when it fails.
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

  /** Objects of a kind. */
  public async list(
    kind: string,
    namespace: string,
    selector?: string,
  ): Promise<readonly ClusterObject[]> {
    const text = await this.run([
      ...['get', kind, '--namespace', namespace, '--output', 'json'],
      ...(selector === undefined ? [] : ['--selector', selector]),
    ]);
    return (JSON.parse(text) as { items: ClusterObject[] }).items;
  }

  /**
   * Waits until every workload of a namespace has its pods, ready and as they are declared.
   *
   * @param deadline in seconds.
   * @throws Error that names those that have not.
   */
  public async allComplete(namespace: string, deadline: number): Promise<void> {
    let waiting: readonly string[] = [];
    const complete = async () => {
      const workloads = await this.list('deployments,statefulsets', namespace);
      waiting = workloads.filter((one) => !isComplete(one)).map(({ metadata }) => metadata.name);
      return workloads.length > 0 && waiting.length === 0;
    };
    await this.until(`workloads of ${namespace} with their pods`, deadline, complete).catch(
      (error: unknown) => {
        throw new Error(`${(error as Error).message}: ${waiting.join(', ')}`);
      },
    );
  }

  /**
   * Waits until every pod of a namespace is ready.
   *
   * @param deadline in seconds.
   * @throws Error that names those that are not.
   */
  public async allReady(namespace: string, deadline: number): Promise<readonly ClusterObject[]> {
    const end = performance.now() + deadline * 1000;
    for (;;) {
      const pods = (await this.list('pods', namespace)).filter(
        ({ metadata }) => metadata.deletionTimestamp === undefined,
      );
      const waiting = pods.filter((pod) => !isReady(pod)).map(({ metadata }) => metadata.name);
      if (pods.length > 0 && waiting.length === 0) {
        return pods;
      }
      if (performance.now() > end) {
        throw new Error(
          `not ready in ${namespace} after ${deadline} s: ${waiting.join(', ') || 'there is no pod'}`,
        );
      }
      await sleep(1_000);
    }
  }

  /** Waits until something holds. @throws Error with the text of `what` when it does not in time. */
  public async until(what: string, deadline: number, holds: () => Promise<boolean>): Promise<void> {
    const end = performance.now() + deadline * 1000;
    while (!(await holds())) {
      if (performance.now() > end) {
        throw new Error(`${what}: not within ${deadline} s`);
      }
      await sleep(1_000);
    }
  }
}
