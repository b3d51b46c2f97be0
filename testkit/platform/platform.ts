import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { MailServer } from '../../app-images/testing/mail-server.ts';
import { TASK_PLATFORM_IMAGES, taskPlatform } from '../../charts/tasks/task-platform.ts';
import { buildImage } from '../../app-images/build.ts';
import {
  DAPR_TOKEN_HEADER,
  NOTIFICATION_ENV,
  RUNTIME_ENV,
  RUNTIME_PATHS,
} from '@cdk8s-event-platform/contracts/interface';
import { makeSecret } from '../../cli/make-secret.ts';
import { Environment, renderPlatform, type TraceEndpoint } from '../../constructs/index.ts';
import { type KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import type { BrokerSetting, RunningBroker } from '../brokers/broker.ts';
import { answers, freePorts, ManagedProcess } from '../process.ts';
import { ensureTools } from '../tools/index.ts';
import { type PostgresOptions, type PostgresServer, startPostgres } from '../postgres/postgres.ts';
import { sidecar, type SidecarFiles, type SidecarPorts, writeResources } from './sidecar.ts';

/** One image of the platform with its sidecar. */
export interface RunningApp {
  readonly appId: string;
  readonly app: ManagedProcess;
  readonly sidecar: ManagedProcess;
  /** Port of the app: requests or deliveries, and health. */
  readonly port: number;
  /** Port that the app serves its metrics on. */
  readonly metricsPort: number;
  readonly ports: SidecarPorts;
  /** Headers that the sidecar asks for. */
  readonly sidecarHeaders: Readonly<Record<string, string>>;
}

/** The rendered platform, as processes on loopback. */
export interface RunningPlatform {
  readonly broker: RunningBroker;
  /** The rendered objects. */
  readonly manifests: Manifests;
  readonly postgres: PostgresServer;
  readonly database: pg.Pool;
  /** Where notifications arrive. */
  readonly mails: MailServer;
  /** The first pod of each app. */
  readonly apps: ReadonlyMap<string, RunningApp>;
  /** Pods that were added. */
  readonly more: readonly RunningApp[];
  /** Starts one more pod of an app. */
  scaleOut(appId: string): Promise<RunningApp>;
  /**
   * Puts a new pod in the place of an app's first one, as a Deployment does.
   *
   * @param ready called when the new pod is there, and the old one has not been told to end.
   */
  roll(appId: string, ready: (app: RunningApp) => void): Promise<RunningApp>;
}

/** What {@link startPlatform} needs. */
export interface PlatformOptions {
  /** The broker of the platform. */
  readonly broker: BrokerSetting;
  /** Temporary folder of the run. */
  readonly folder: string;
  /** Starts the database. @default - as the rendered StatefulSet does */
  readonly database?: (options: PostgresOptions) => Promise<PostgresServer>;
  /** Folders of programs. @default - those of the versions that images name */
  readonly programs?: { readonly broker?: string; readonly dapr?: string };
  /** Called as each part is up. */
  readonly progress: (text: string) => void;
  /** Where apps and sidecars send traces. @default - nowhere */
  readonly traces?: TraceEndpoint;
  /** More variables of an app. @default - none */
  readonly appEnv?: (appId: string) => Readonly<Record<string, string>>;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)!;
}

/**
 * Writes the files that a container has from ConfigMaps, as the kubelet mounts them.
 *
 * @returns Folders by the paths that they are mounted at.
 */
function mountedFiles(
  { spec }: KubernetesObject,
  manifests: Manifests,
  folder: string,
): ReadonlyMap<string, string> {
  const { containers, volumes = [] } = spec.template.spec;
  const folders = new Map<string, string>();
  for (const { name, mountPath } of containers[0].volumeMounts ?? []) {
    const configMap = volumes.find((volume) => volume.name === name)?.configMap;
    if (configMap !== undefined) {
      const own = mkdtempSync(join(folder, `files-${configMap.name}-`));
      const { data } = manifests.only('ConfigMap', configMap.name);
      Object.entries(data).forEach(([file, text]) => writeFileSync(join(own, file), text));
      folders.set(mountPath, own);
    }
  }
  return folders;
}

async function startApp(
  deployment: KubernetesObject,
  mounts: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string>>,
  daprFolder: string,
  files: SidecarFiles,
  logs: string,
): Promise<RunningApp> {
  const name = deployment.metadata.name;
  const [port, metricsPort, http, grpc, internal, metrics, open] = (await freePorts(7)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ports = { http, grpc, internal, metrics, public: open };
  const rendered = Object.fromEntries(
    deployment.spec.template.spec.containers[0].env.flatMap(({ name, value, valueFrom }) => {
      const { secretKeyRef } = valueFrom ?? {};
      const given = secretKeyRef ? files.secret(secretKeyRef.name, secretKeyRef.key) : value;
      return given === undefined ? [] : [[name, mounts.get(given) ?? given]];
    }),
  );
  const app = new ManagedProcess({
    name,
    command: process.execPath,
    args: [await buildImage(TASK_PLATFORM_IMAGES[name]!)],
    env: {
      ...rendered,
      ...env,
      [RUNTIME_ENV.appPort]: String(port),
      [RUNTIME_ENV.metricsPort]: String(metricsPort),
      [RUNTIME_ENV.daprHttpPort]: String(http),
      // In a pod, this folder is the pod's own and outlives a container.
      TMPDIR: mkdtempSync(join(logs, '..', `tmp-${name}-`)),
    },
    log: join(logs, `${name}.log`),
    ready: () => answers(`http://127.0.0.1:${port}${RUNTIME_PATHS.live}`),
  });
  await app.start();
  const dapr = sidecar(daprFolder, deployment, files, port, ports, logs);
  await dapr.start();
  const token = rendered[RUNTIME_ENV.daprApiToken];
  const sidecarHeaders = token === undefined ? {} : { [DAPR_TOKEN_HEADER]: token };
  return { appId: name, app, sidecar: dapr, port, metricsPort, ports, sidecarHeaders };
}

/** Starts broker, database, topics, tables, sidecars and images of the local environment. */
export async function startPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  const { folder, progress } = options;
  const dapr = options.programs?.dapr ?? ensureTools(['dapr']).dapr;
  const logs = join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const environment = Environment.local(options.traces && { traces: options.traces });
  const declared = taskPlatform(environment, { broker: options.broker.declare });
  const manifests = new Manifests(
    renderPlatform(declared).flatMap(({ objects }) => objects as unknown as KubernetesObject[]),
  );
  const secrets = declared.secrets.map((reference) => makeSecret(reference, environment.namespace));

  const broker = await options.broker.start({
    manifests,
    secrets,
    folder: join(folder, 'broker'),
    logs,
    ...(options.programs?.broker !== undefined && { programs: options.programs.broker }),
  });
  progress(`${options.broker.description}: ${broker.servers.length} servers`);
  progress(lastLine(await broker.provision()));
  progress(`again: ${lastLine(await broker.provision())}`);
  const secret = secrets.find(({ metadata }) => metadata.name === 'postgres-credentials')!;
  const startDatabase = options.database ?? startPostgres;
  const postgres = await startDatabase({
    manifests,
    secret,
    secrets,
    folder: join(folder, 'postgres'),
    logs,
  });
  progress(`postgres on 127.0.0.1:${postgres.port}`);
  progress(lastLine(await postgres.migrate()));
  const again = lastLine(await postgres.migrate());
  if (again !== '0 migrations applied') {
    throw new Error(`migrations are not idempotent: a second run said '${again}'`);
  }

  const host = (service: string) => `${service}.${environment.namespace}.svc.cluster.local`;
  const mails = await MailServer.start();
  const notifications = {
    [NOTIFICATION_ENV.smtpHost]: '127.0.0.1',
    [NOTIFICATION_ENV.smtpPort]: String(mails.port),
  };
  const files = writeResources(
    manifests,
    [...secrets, ...(broker.secrets ?? [])],
    {
      ...broker.addresses,
      [`host=${host('postgres')} port=5432`]: `host=127.0.0.1 port=${postgres.env.PGPORT!}`,
    },
    folder,
  );
  const apps = new Map<string, RunningApp>();
  const more: RunningApp[] = [];
  // Each app logs in as its own role.
  const { PGUSER: user, PGPASSWORD: password, ...server } = postgres.env;
  const deployments = manifests
    .ofKind('Deployment')
    .filter(({ spec }) => spec.template.metadata.annotations?.['dapr.io/enabled'] === 'true');
  const start = (deployment: KubernetesObject) =>
    startApp(
      deployment,
      mountedFiles(deployment, manifests, folder),
      { ...server, ...notifications, ...options.appEnv?.(deployment.metadata.name) },
      dapr,
      files,
      logs,
    );
  for (const deployment of deployments) {
    const app = await start(deployment);
    apps.set(app.appId, app);
    progress(`${app.appId} on 127.0.0.1:${app.port} with its sidecar`);
  }
  const scaleOut = async (appId: string) => {
    const app = await start(manifests.only('Deployment', appId));
    more.push(app);
    return app;
  };
  const roll = async (appId: string, ready: (app: RunningApp) => void) => {
    const old = apps.get(appId)!;
    const app = await start(manifests.only('Deployment', appId));
    apps.set(appId, app);
    ready(app);
    await Promise.all([old.app.stop(), old.sidecar.stop()]);
    return app;
  };
  const database = new pg.Pool({
    host: '127.0.0.1',
    port: postgres.port,
    database: postgres.env.PGDATABASE,
    user,
    password,
  });
  database.on('error', () => undefined);
  return { broker, manifests, postgres, database, mails, apps, more, scaleOut, roll };
}
