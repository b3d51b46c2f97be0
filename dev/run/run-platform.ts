import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { type EventPlatform, type RenderedObject, renderObjects } from 'cdk8s-event-platform';
import { apiServer } from '../api/api-server.ts';
import { LogStore } from '../api/log-store.ts';
import type { RunningPlatform } from '../api/running-platform.ts';
import { SpanStore } from '../api/span-store.ts';
import { Broker } from '../broker/broker.ts';
import { Faults } from '../faults/faults.ts';
import { appsWithSidecar } from '../sidecar/app-resources.ts';
import type { RenderedManifest } from '../sidecar/rendered.ts';
import { provision, topicsOf } from '../topics.ts';
import { AppBundler } from './app-bundler.ts';
import { LocalApp, type LocalServers, type RealParts, servingFirst } from './local-app.ts';
import { createTopics } from '../dapr/create-topics.ts';
import { daprdProgram } from '../dapr/daprd-program.ts';
import { realBroker } from '../dapr/real-broker.ts';
import { databasesOf, interruptDatabases, prepareDatabases } from './database.ts';
import { lockFolder } from './lock.ts';
import { startMailSink } from './mail-sink.ts';
import type { SecretLookup } from './pods.ts';
import { freePort } from './ports.ts';
import { startLocalPostgres } from './postgres.ts';

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
  /**
   * Runs the real daprd beside each app, on a broker that runs already: `kafka`, or `kafka=HOST:PORT`.
   *
   * @default - sidecars and broker in this process
   */
  readonly dapr?: { readonly broker?: string | undefined } | undefined;
  /** First port for apps. @default 8080 */
  readonly port?: number;
  /** First port for PostgreSQL. @default 5432 */
  readonly databasePort?: number;
  /** First port for the page and its HTTP API. @default 9400 */
  readonly pagePort?: number;
  /** Takes a line of an app or, as `platform`, of the whole. */
  readonly log: (from: string, line: string) => void;
}

/** A platform that runs on this machine. */
export interface LocalPlatform {
  /** Port of each app, by app id. */
  readonly ports: ReadonlyMap<string, number>;
  /** Port of the page and its HTTP API. */
  readonly pagePort: number;
  /** How the superuser of the database logs in. */
  readonly database: pg.ClientConfig;
  /** Tells what is wrong with the changed chart, for the page; undefined when nothing is. */
  chartProblem(problem: string | undefined): void;
  /** Ends apps, sidecars and the database. The data stay. */
  stop(): Promise<void>;
}

/** Ends parts in the opposite order of their start. */
class Parts {
  readonly #stops: (() => Promise<unknown>)[] = [];

  public add(stop: () => Promise<unknown>): void {
    this.#stops.push(stop);
  }

  public async stop(): Promise<void> {
    for (const stop of this.#stops.splice(0).reverse()) {
      await stop();
    }
  }
}

/** What all parts of a run share. */
interface Run extends Pick<RunPlatformOptions, 'secret' | 'log'> {
  readonly databasePort: number;
  readonly rendered: readonly RenderedObject[];
  readonly objects: readonly RenderedManifest[];
  readonly folder: string;
  readonly parts: Parts;
}

/** The real parts that are asked for. @throws Error when they are not there, or the chart's broker is another one. */
function realParts(
  { dapr }: RunPlatformOptions,
  objects: readonly RenderedManifest[],
): RealParts | undefined {
  if (dapr === undefined) {
    return undefined;
  }
  const types = objects.flatMap((object) => {
    const { type } = (object.spec ?? {}) as { readonly type?: string };
    return object.kind === 'Component' && type?.startsWith('pubsub.') === true ? [type] : [];
  });
  return { broker: realBroker(types, dapr.broker), daprd: daprdProgram() };
}

/** A pool of connections that survives the server. */
function openPool(parts: Parts, config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  pool.on('connect', (client) => client.on('error', () => undefined));
  pool.on('error', () => undefined);
  parts.add(() => pool.end());
  return pool;
}

/** PostgreSQL with what the platform declares, the broker in it, and the mail server. */
async function startServers(run: Run) {
  const { rendered, objects, folder, secret, log, parts } = run;
  const postgres = await startLocalPostgres(join(folder, 'postgres'), run.databasePort);
  parts.add(() => postgres.stop());
  const { server } = postgres;
  const applied = await prepareDatabases(server, objects, secret);
  log('platform', `PostgreSQL on port ${server.port}, ${applied} migrations applied`);
  const brokerPool = openPool(parts, { ...server, max: 20 });
  const broker = await Broker.open(brokerPool);
  await provision(broker, rendered);
  const databases = new Map(
    databasesOf(objects).map((database) => [
      database,
      openPool(parts, { ...server, database, max: 4 }),
    ]),
  );
  const mails = await startMailSink((line) => log('platform', line));
  parts.add(() => mails.stop());
  return { server, brokerPool, broker, databases, mails };
}

/** Starts apps one after the other, those that take requests first: they get the first ports. */
async function startApps(
  appIds: readonly string[],
  bundler: AppBundler,
  servers: LocalServers,
  firstPort: number,
): Promise<ReadonlyMap<string, LocalApp>> {
  const apps = new Map<string, LocalApp>();
  for (const appId of servingFirst(appIds, servers.objects)) {
    const port = await freePort(firstPort);
    apps.set(appId, await LocalApp.start({ appId, file: bundler.fileOf(appId), port }, servers));
  }
  return apps;
}

/** The HTTP API and the page. @returns their port. */
async function startPage(run: Run, running: RunningPlatform, port: number): Promise<number> {
  const api = apiServer(running);
  await api.listen({ host: '127.0.0.1', port });
  run.parts.add(() => api.close());
  return port;
}

/**
 * Runs a platform on this machine, with Node alone: PostgreSQL with migrations and roles, the broker, each app as a
 * process with its sidecar, started again when its sources change, and a page that shows all of it.
 *
 * @throws Error when the folder is in use, the platform cannot be rendered, or a migration fails.
 */
export async function runPlatform(options: RunPlatformOptions): Promise<LocalPlatform> {
  const { platform, secret } = options;
  const logs = new LogStore();
  const log = (from: string, line: string) => {
    logs.add(from, line);
    options.log(from, line);
  };
  const rendered = renderObjects(platform);
  const objects = rendered.map(({ manifest }) => manifest as RenderedManifest);
  const real = realParts(options, objects);
  const appIds = appsWithSidecar(objects);
  const programs = new Map([...options.programs].filter(([appId]) => appIds.includes(appId)));
  appIds
    .filter((appId) => !programs.has(appId))
    .forEach((appId) => log('platform', `${appId} does not run: no program is known`));
  const folder = resolve(options.folder ?? '.event-platform');
  const parts = new Parts();
  const unlock = lockFolder(folder);
  parts.add(() => {
    unlock();
    return Promise.resolve();
  });
  const { databasePort = 5_432 } = options;
  const run: Run = { secret, log, rendered, objects, folder, parts, databasePort };
  let apps: ReadonlyMap<string, LocalApp> = new Map();
  const problems: RunningPlatform['problems'] = { sources: undefined, chart: undefined };
  try {
    if (options.reset === true) {
      rmSync(join(folder, 'postgres'), { recursive: true, force: true });
    }
    if (real !== undefined) {
      await createTopics(real.broker, topicsOf(rendered));
    }
    const bundling = AppBundler.start({
      ...{ programs, folder: join(folder, 'apps') },
      changed: (appId) => void apps.get(appId)?.restart(),
      failed: (reason) => {
        problems.sources = reason;
        if (reason !== undefined) {
          log('platform', `${reason}; apps stay as they are`);
        }
      },
    });
    parts.add(async () => (await bundling).stop());
    const started = await startServers(run);
    const bundler = await bundling;
    const { server, brokerPool, broker, databases, mails } = started;
    const faults = new Faults();
    const pagePort = await freePort(options.pagePort ?? 9_400);
    apps = await startApps(
      [...programs.keys()],
      bundler,
      {
        ...{ objects, secret, folder, broker, mails, faults, real, pagePort, log },
        postgres: server,
      },
      options.port ?? 8_080,
    );
    parts.add(() => Promise.all([...apps.values()].map((app) => app.stop())));
    await startPage(
      run,
      {
        ...{ platform, broker, brokerPool, databases, apps, logs, faults, problems },
        realBroker: real && `${real.broker.kind} at ${real.broker.address}`,
        groups: [...apps.values()].flatMap((app) => app.groups),
        spans: new SpanStore(),
        mails: mails.mails,
        interruptDatabases: (seconds) =>
          interruptDatabases(brokerPool, [...databases.keys()], seconds, log),
      },
      pagePort,
    );
    const ports = new Map([...apps].map(([appId, { view }]) => [appId, view.port]));
    const chartProblem = (problem: string | undefined) => (problems.chart = problem);
    return { ports, pagePort, database: server, chartProblem, stop: () => parts.stop() };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}
