import { join } from 'node:path';
import type pg from 'pg';
import { RUNTIME_ENV, TRACING_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { AppGroup } from '../api/live-numbers.ts';
import type { RunningApp } from '../api/running-platform.ts';
import type { AppView } from '../api/types.ts';
import type { Broker } from '../broker/broker.ts';
import type { Faults } from '../faults/faults.ts';
import { appResources } from '../sidecar/app-resources.ts';
import type { RenderedManifest } from '../sidecar/rendered.ts';
import { Sidecar } from '../sidecar/sidecar.ts';
import { Daprd } from '../dapr/daprd.ts';
import type { RealBroker } from '../dapr/real-broker.ts';
import type { AppSidecar } from './app-sidecar.ts';
import { AppProcess } from './app-process.ts';
import type { MailSink } from './mail-sink.ts';
import { environmentOf, type PodManifest, type SecretLookup } from './pods.ts';
import { anyPort, freePort } from './ports.ts';

/** Parts of a cluster that run on this machine. */
export interface RealParts {
  /** The program `daprd`. */
  readonly daprd: string;
  readonly broker: RealBroker;
}

/** What all apps of a run share. */
export interface LocalServers {
  readonly objects: readonly RenderedManifest[];
  readonly secret: SecretLookup;
  readonly folder: string;
  readonly broker: Broker;
  readonly postgres: pg.ClientConfig;
  readonly mails: MailSink;
  readonly faults: Faults;
  /** The daprd that stands beside each app, and its broker. @default - a sidecar in this process */
  readonly real?: RealParts | undefined;
  /** Port that takes spans. */
  readonly pagePort: number;
  readonly log: (from: string, line: string) => void;
}

/** One app of a run. */
export interface LocalAppOptions {
  readonly appId: string;
  /** Its program, as Node runs it. */
  readonly file: string;
  readonly port: number;
}

/** Milliseconds for deliveries in flight when sources change. */
const IN_FLIGHT = 500;
const FIRST_DEBUG_PORT = 9_229;

function startSidecar(
  { appId, port }: LocalAppOptions,
  { objects, secret, broker, faults, folder, real }: LocalServers,
  log: (line: string) => void,
): Promise<AppSidecar> {
  const options = { appId, appPort: port, objects, secret, log };
  return real === undefined
    ? Sidecar.start({ ...options, broker, faults })
    : Daprd.start({
        ...{ ...options, program: real.daprd, broker: real.broker },
        folder: join(folder, 'dapr', appId),
      });
}

/** An app as a process, beside its sidecar. */
export class LocalApp implements RunningApp {
  private constructor(
    private readonly options: LocalAppOptions,
    private readonly debugPort: number,
    private readonly process: AppProcess,
    private readonly sidecar: AppSidecar,
    private readonly log: (line: string) => void,
    /** Its consumer groups. */
    public readonly groups: readonly AppGroup[],
  ) {}

  /** Starts the sidecar, then the app. */
  public static async start(options: LocalAppOptions, servers: LocalServers): Promise<LocalApp> {
    const { appId, file, port } = options;
    const { objects, secret, folder, postgres, mails, pagePort } = servers;
    const isOwn = (object: RenderedManifest): object is PodManifest =>
      object.kind === 'Deployment' && object.metadata.name === appId;
    const deployment = objects.find(isOwn)!;
    const log = (line: string) => servers.log(appId, line);
    const sidecar = await startSidecar(options, servers, log);
    const env = {
      ...environmentOf(deployment, objects, secret, join(folder, 'files', appId)),
      ...{ PGHOST: '127.0.0.1', PGPORT: String(postgres.port), PGSSLMODE: 'disable' },
      ...{ SMTP_HOST: '127.0.0.1', SMTP_PORT: String(mails.port), SMTP_SECURITY: 'none' },
      [TRACING_ENV.exporter]: 'otlp',
      [TRACING_ENV.otlpEndpoint]: `http://127.0.0.1:${pagePort}`,
      [TRACING_ENV.sampler]: 'parentbased_traceidratio',
      [TRACING_ENV.samplerArgument]: '1',
      [RUNTIME_ENV.appPort]: String(port),
      [RUNTIME_ENV.metricsPort]: String(await anyPort()),
      [RUNTIME_ENV.daprHttpPort]: String(sidecar.port),
    };
    const debugPort = await freePort(FIRST_DEBUG_PORT);
    const { pubSubs, subscriptions } = appResources(objects, appId);
    const groups = subscriptions.flatMap(({ pubsubname, topic }) => {
      const group = pubSubs.get(pubsubname)?.consumerGroup;
      return group === undefined ? [] : [{ appId, topic, group }];
    });
    const temporary = join(folder, 'tmp', appId);
    const process = new AppProcess({ file, env, temporary, debugPort, log });
    return new LocalApp(options, debugPort, process, sidecar, log, groups);
  }

  /** What it is at this moment. */
  public get view(): AppView {
    const { appId, port } = this.options;
    const { running, starts } = this.process;
    return { appId, port, debugPort: this.debugPort, starts, state: running ? 'running' : 'ended' };
  }

  /** Starts its process again, between two deliveries. */
  public async restart(): Promise<void> {
    const resume = await this.sidecar.pause(IN_FLIGHT);
    await this.process.restart();
    resume();
  }

  /** Kills its process in the middle of whatever it does, and starts it again. */
  public kill(): void {
    this.log('killed');
    void this.process.restart();
  }

  /** Ends the sidecar, then the process. */
  public async stop(): Promise<void> {
    await this.sidecar.stop();
    await this.process.stop();
  }
}

/** Apps in the order in which they get ports: first those that take requests, which people call. */
export function servingFirst(
  appIds: readonly string[],
  objects: readonly RenderedManifest[],
): string[] {
  const services = new Set(
    objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name),
  );
  const [serving, others] = [true, false].map((serves) =>
    appIds.filter((appId) => services.has(appId) === serves),
  );
  return [...serving!, ...others!];
}
