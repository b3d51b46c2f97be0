import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { RUNTIME_ENV, TRACING_ENV } from '@cdk8s-event-platform/contracts/interface';
import { type EventPlatform, type RenderedObject, renderObjects } from 'cdk8s-event-platform';
import { Broker } from '../broker/broker.ts';
import { appsWithSidecar } from '../sidecar/app-resources.ts';
import type { RenderedManifest } from '../sidecar/rendered.ts';
import { Sidecar } from '../sidecar/sidecar.ts';
import { topicsOf } from '../topics.ts';
import { AppBundler } from './app-bundler.ts';
import { AppProcess } from './app-process.ts';
import { prepareDatabases } from './database.ts';
import { lockFolder } from './lock.ts';
import { type MailSink, startMailSink } from './mail-sink.ts';
import { environmentOf, type PodManifest, type SecretLookup } from './pods.ts';
import { freePort } from './ports.ts';
import { type LocalPostgres, startLocalPostgres } from './postgres.ts';

/** What {@link runPlatform} needs. */
export interface RunPlatformOptions {
  readonly platform: EventPlatform;
  /** The program of each app that is to run, by app id. */
  readonly programs: ReadonlyMap<string, string>;
  /** The value of a key of a Secret that the platform refers to. */
  readonly secret: SecretLookup;
  /** Folder that keeps the data. @default '.event-platform' */
  readonly folder?: string;
  /** Removes the data of earlier runs first. @default false */
  readonly reset?: boolean;
  /** First port for apps. @default 8080 */
  readonly port?: number;
  /** Takes a line of an app or, as `platform`, of the whole. */
  readonly log: (from: string, line: string) => void;
}

/** A platform that runs on this machine. */
export interface LocalPlatform {
  /** Port of each app, by app id. */
  readonly ports: ReadonlyMap<string, number>;
  /** How the superuser of the database logs in. */
  readonly database: pg.ClientConfig;
  /** Ends apps, sidecars and the database. The data stay. */
  stop(): Promise<void>;
}

/** One app of a run. */
interface AppStart {
  readonly appId: string;
  /** Its program, as Node runs it. */
  readonly file: string;
  readonly port: number;
}

/** An app that runs beside its sidecar. */
interface RunningApp {
  readonly app: AppProcess;
  readonly sidecar: Sidecar;
}

/** What all apps of a run share. */
interface Shared {
  readonly objects: readonly RenderedManifest[];
  readonly secret: SecretLookup;
  readonly folder: string;
  readonly broker: Broker;
  readonly postgres: LocalPostgres;
  readonly mails: MailSink;
  readonly log: RunPlatformOptions['log'];
}

/** Ends parts in the opposite order of their start. */
class Parts {
  readonly #stops: (() => Promise<void> | void)[] = [];

  public add(stop: () => Promise<void> | void): void {
    this.#stops.push(stop);
  }

  public async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) {
      await stop();
    }
  }
}

/** Starts an app and its sidecar. */
async function startApp({ appId, file, port }: AppStart, shared: Shared): Promise<RunningApp> {
  const { objects, secret, folder, broker, postgres, mails } = shared;
  const isOwn = (object: RenderedManifest): object is PodManifest =>
    object.kind === 'Deployment' && object.metadata.name === appId;
  const deployment = objects.find(isOwn)!;
  const log = (line: string) => shared.log(appId, line);
  const sidecar = await Sidecar.start({ appId, appPort: port, objects, broker, secret, log });
  const env = {
    ...environmentOf(deployment, objects, secret, join(folder, 'files', appId)),
    ...{ PGHOST: '127.0.0.1', PGPORT: String(postgres.server.port), PGSSLMODE: 'disable' },
    ...{ SMTP_HOST: '127.0.0.1', SMTP_PORT: String(mails.port), SMTP_SECURITY: 'none' },
    [TRACING_ENV.exporter]: 'none',
    [RUNTIME_ENV.appPort]: String(port),
    [RUNTIME_ENV.metricsPort]: String(await freePort(9_464)),
    [RUNTIME_ENV.daprHttpPort]: String(sidecar.port),
  };
  return { app: new AppProcess({ file, env, log }), sidecar };
}

/** PostgreSQL with what the platform declares, the broker in it, and the mail server. */
async function startServers(
  options: RunPlatformOptions,
  rendered: readonly RenderedObject[],
  folder: string,
  parts: Parts,
): Promise<Shared> {
  const { secret, log } = options;
  const objects = rendered.map(({ manifest }) => manifest as RenderedManifest);
  const postgres = await startLocalPostgres(join(folder, 'postgres'));
  parts.add(() => postgres.stop());
  const applied = await prepareDatabases(postgres.server, objects, secret);
  log('platform', `PostgreSQL on port ${postgres.server.port}, ${applied} migrations applied`);
  const pool = new pg.Pool({ ...postgres.server, max: 20 });
  pool.on('error', () => undefined);
  parts.add(() => pool.end());
  const broker = await Broker.open(pool);
  for (const [topic, partitions] of topicsOf(rendered)) {
    await broker.addTopic(topic, partitions);
  }
  const mails = await startMailSink((line) => log('platform', line));
  parts.add(() => mails.stop());
  return { objects, secret, folder, broker, postgres, mails, log };
}

/** Apps in the order in which they get ports: first those that take requests, which people call. */
function servingFirst(appIds: readonly string[], objects: readonly RenderedManifest[]): string[] {
  const services = new Set(
    objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name),
  );
  const [serving, others] = [true, false].map((serves) =>
    appIds.filter((appId) => services.has(appId) === serves),
  );
  return [...serving!, ...others!];
}

/**
 * Runs a platform on this machine, with Node alone: PostgreSQL with migrations and roles, the broker, and each app as a
 * process with its sidecar, started again when its sources change.
 *
 * @throws Error when the folder is in use, the platform cannot be rendered, or a migration fails.
 */
export async function runPlatform(options: RunPlatformOptions): Promise<LocalPlatform> {
  const { log } = options;
  const rendered = renderObjects(options.platform);
  const appIds = appsWithSidecar(rendered.map(({ manifest }) => manifest as RenderedManifest));
  const programs = new Map([...options.programs].filter(([appId]) => appIds.includes(appId)));
  appIds
    .filter((appId) => !programs.has(appId))
    .forEach((appId) => log('platform', `${appId} does not run: no program is known`));
  const folder = resolve(options.folder ?? '.event-platform');
  const parts = new Parts();
  parts.add(lockFolder(folder));
  const running = new Map<string, RunningApp>();
  try {
    if (options.reset === true) {
      rmSync(join(folder, 'postgres'), { recursive: true, force: true });
    }
    const [bundler, shared] = await Promise.all([
      AppBundler.start({
        ...{ programs, folder: join(folder, 'apps') },
        changed: (appId) => running.get(appId)?.app.restart(),
        failed: (reason) => log('platform', `${reason}; apps stay as they are`),
      }),
      startServers(options, rendered, folder, parts),
    ]);
    parts.add(async () => {
      const apps = [...running.values()].flatMap(({ app, sidecar }) => [app, sidecar]);
      await Promise.all([bundler, ...apps].map((each) => each.stop()));
    });
    const ports = new Map<string, number>();
    for (const appId of servingFirst([...programs.keys()], shared.objects)) {
      const port = await freePort(options.port ?? 8_080);
      ports.set(appId, port);
      running.set(appId, await startApp({ appId, file: bundler.fileOf(appId), port }, shared));
    }
    return { ports, database: shared.postgres.server, stop: () => parts.stop() };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}
