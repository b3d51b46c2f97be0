import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppSidecar } from '../run/app-sidecar.ts';
import { anyPort } from '../run/ports.ts';
import { type AppResources, appResources } from '../sidecar/app-resources.ts';
import type { ComponentManifest, RenderedManifest } from '../sidecar/rendered.ts';
import { type RealBroker, settingsFor } from './real-broker.ts';

/** What {@link Daprd} is started from. */
export interface DaprdOptions {
  readonly appId: string;
  readonly appPort: number;
  readonly objects: readonly RenderedManifest[];
  /** The program. */
  readonly program: string;
  readonly broker: RealBroker;
  /** The value of a key of a Secret. */
  readonly secret: (name: string, key: string) => string;
  /** Folder for what it loads. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

const KINDS_IT_LOADS: ReadonlySet<string> = new Set(['Subscription', 'Resiliency']);
const TOKEN_KEY = 'token';
/** Milliseconds until it has to answer. */
const START = 30_000;
/** Milliseconds after which one that has ended starts again. */
const RESTART = 500;

/** Writes what daprd loads: subscriptions, policies, and the pub/sub components with the real broker. */
function writeResources({ objects, broker, folder }: DaprdOptions): string {
  const resources = join(folder, 'resources');
  rmSync(resources, { recursive: true, force: true });
  mkdirSync(resources, { recursive: true });
  const loaded = objects.flatMap((object) => {
    if (KINDS_IT_LOADS.has(object.kind)) {
      return [object];
    }
    const { spec } = object as ComponentManifest;
    return object.kind === 'Component' && spec.type.startsWith('pubsub.')
      ? [{ ...object, spec: { ...spec, metadata: settingsFor(broker, spec.metadata) } }]
      : [];
  });
  loaded.forEach((object, index) => {
    // JSON is YAML.
    writeFileSync(join(resources, `${index}.yaml`), JSON.stringify(object));
  });
  return resources;
}

function flags(
  { health, drain, maxBodyBytes }: AppResources,
  { appId, appPort }: DaprdOptions,
): string[] {
  return [
    ...[`--app-id=${appId}`, `--app-port=${appPort}`, '--mode=standalone'],
    ...['--dapr-listen-addresses=127.0.0.1', '--app-channel-address=127.0.0.1'],
    `--dapr-graceful-shutdown-seconds=${Math.round(drain / 1_000)}`,
    `--max-body-size=${Math.ceil(maxBodyBytes / 1024)}Ki`,
    ...(health === undefined
      ? []
      : [
          '--enable-app-health-check',
          `--app-health-check-path=${health.path}`,
          `--app-health-probe-interval=${Math.max(1, Math.round(health.interval / 1_000))}`,
          `--app-health-probe-timeout=${health.timeout}`,
          `--app-health-threshold=${health.threshold}`,
        ]),
  ];
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  return response?.ok === true;
}

/** The real daprd of one app, on this machine. It starts again when it has ended, as in a pod. */
export class Daprd implements AppSidecar {
  #child: ChildProcess | undefined;
  #stopping = false;

  private constructor(
    private readonly options: DaprdOptions,
    private readonly args: readonly string[],
    private readonly env: Readonly<Record<string, string>>,
    public readonly port: number,
  ) {}

  /** Starts it, and waits until it answers. @throws Error when it does not. */
  public static async start(options: DaprdOptions): Promise<Daprd> {
    const resources = appResources(options.objects, options.appId);
    const { api, app } = resources.tokens;
    const { secret } = options;
    const [port, grpc, internal, metrics, open] = await Promise.all(
      Array.from({ length: 5 }, anyPort),
    );
    const daprd = new Daprd(
      options,
      [
        ...flags(resources, options),
        ...[`--dapr-http-port=${port!}`, `--dapr-grpc-port=${grpc!}`],
        ...[`--dapr-internal-grpc-port=${internal!}`, `--dapr-public-port=${open!}`],
        ...[`--metrics-port=${metrics!}`, `--resources-path=${writeResources(options)}`],
      ],
      {
        ...(api !== undefined && { DAPR_API_TOKEN: secret(api, TOKEN_KEY) }),
        ...(app !== undefined && { APP_API_TOKEN: secret(app, TOKEN_KEY) }),
      },
      port!,
    );
    daprd.#spawn();
    const end = performance.now() + START;
    while (!(await answers(`http://127.0.0.1:${port!}/v1.0/healthz/outbound`))) {
      if (performance.now() > end) {
        await daprd.stop();
        throw new Error(`daprd of ${options.appId} does not answer within ${START / 1_000} s`);
      }
      await sleep(50);
    }
    return daprd;
  }

  /** Deliveries go on: those that fail while the app starts again are redelivered. */
  public pause(): Promise<() => void> {
    return Promise.resolve(() => undefined);
  }

  /** Ends it, once what is in flight has ended. */
  public async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#child;
    if (child?.exitCode === null && child.signalCode === null) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
  }

  #spawn(): void {
    const { program, log } = this.options;
    const child = spawn(program, this.args, {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...this.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        text
          .trimEnd()
          .split(/\r?\n/)
          .filter((line) => /level=(warning|error|fatal)/.test(line))
          .forEach((line) => log(`daprd: ${line}`));
      });
    }
    child.once('exit', (code, signal) => {
      if (!this.#stopping) {
        log(`daprd ended with ${code ?? signal ?? 'an error'}, and starts again`);
        setTimeout(() => this.#stopping || this.#spawn(), RESTART).unref();
      }
    });
  }
}
