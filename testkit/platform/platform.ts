import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { MailServer } from '../../app-images/testing/mail-server.ts';
import { TASK_PLATFORM_IMAGES, taskPlatform } from '../../charts/tasks/task-platform.ts';
import { NOTIFICATION_ENV } from '@cdk8s-event-platform/contracts/interface';
import { makeSecret, type SecretManifest } from '../../cli/make-secret.ts';
import {
  Environment,
  type EventPlatform,
  renderPlatform,
  type TraceEndpoint,
} from '../../constructs/index.ts';
import { type KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import type { BrokerSetting, RunningBroker } from '../brokers/broker.ts';
import { ensureTools } from '../tools/index.ts';
import { type PostgresOptions, type PostgresServer, startPostgres } from '../postgres/postgres.ts';
import { type RunningApp, RunningApps } from './running-apps.ts';
import { type Identities, writeResources } from './sidecar.ts';

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
   * Replaces the first pod of an app by a new one, as a Deployment does.
   *
   * @param ready called when the new pod is ready, and the old one has not been told to end.
   */
  roll(appId: string, ready: (app: RunningApp) => void): Promise<RunningApp>;
}

/** A platform, and the images that it runs. */
export interface DeclaredSystem {
  readonly declare: (
    environment: Environment,
    options: { readonly broker: BrokerSetting['declare'] },
  ) => EventPlatform;
  /** Folders below `app-images/`, by the name of the image. */
  readonly images: Readonly<Record<string, string>>;
}

/** What {@link startPlatform} needs. */
export interface PlatformOptions {
  /** What is started. @default - the task platform */
  readonly system?: DeclaredSystem;
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
  /** Starts what else the platform needs, such as a cache. @default - nothing */
  readonly servers?: (started: StartedParts) => Promise<MoreServers>;
}

/** What further servers are started from. */
export interface StartedParts {
  readonly manifests: Manifests;
  readonly secrets: readonly SecretManifest[];
  readonly folder: string;
  readonly logs: string;
}

/** Further servers of the run. */
export interface MoreServers {
  /** Rendered addresses, and where the run has them on loopback. @default - none */
  readonly addresses?: Readonly<Record<string, string>>;
  /** Where the scheduler of Dapr is. @default - none, and jobs are not called */
  readonly scheduler?: string;
  /** Who gives sidecars the identities by which they know each other. @default - they have none, and call nobody */
  readonly identities?: Identities;
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)!;
}

/** The database of the platform with its tables. @throws Error when migrations are not idempotent. */
async function startMigrated(
  start: NonNullable<PlatformOptions['database']>,
  options: PostgresOptions,
  progress: (text: string) => void,
): Promise<PostgresServer> {
  const postgres = await start(options);
  progress(`postgres on 127.0.0.1:${postgres.port}`);
  progress(lastLine(await postgres.migrate()));
  const again = lastLine(await postgres.migrate());
  if (again !== '0 migrations applied') {
    throw new Error(`migrations are not idempotent: a second run said '${again}'`);
  }
  return postgres;
}

/** Connections to the database as its owner. */
function connect({ port, env }: PostgresServer): pg.Pool {
  const { PGDATABASE: database, PGUSER: user, PGPASSWORD: password } = env;
  const pool = new pg.Pool({ host: '127.0.0.1', port, database, user, password });
  pool.on('error', () => undefined);
  return pool;
}

/** Variables of every app. Each logs in to the database as its own role. */
function appVariables({ env }: PostgresServer, mails: MailServer): Record<string, string> {
  const server = Object.entries(env).filter(([name]) => !['PGUSER', 'PGPASSWORD'].includes(name));
  return {
    ...Object.fromEntries(server),
    [NOTIFICATION_ENV.smtpHost]: '127.0.0.1',
    [NOTIFICATION_ENV.smtpPort]: String(mails.port),
  };
}

/** Starts broker, database, topics, tables, sidecars and images of the local environment. */
export async function startPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  const { folder, progress } = options;
  const dapr = options.programs?.dapr ?? ensureTools(['dapr']).dapr;
  const logs = join(folder, 'logs');
  mkdirSync(logs, { recursive: true });
  const environment = Environment.local(options.traces && { traces: options.traces });
  const { declare, images } = options.system ?? {
    declare: taskPlatform,
    images: TASK_PLATFORM_IMAGES,
  };
  const declared = declare(environment, { broker: options.broker.declare });
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
  const postgres = await startMigrated(
    options.database ?? startPostgres,
    { manifests, secret, secrets, folder: join(folder, 'postgres'), logs },
    progress,
  );
  const mails = await MailServer.start();
  const more = (await options.servers?.({ manifests, secrets, folder, logs })) ?? {};
  const files = writeResources(
    manifests,
    [...secrets, ...(broker.secrets ?? [])],
    {
      ...{ ...broker.addresses, ...more.addresses },
      [`host=postgres.${environment.namespace}.svc.cluster.local port=5432`]: `host=127.0.0.1 port=${postgres.env.PGPORT!}`,
    },
    folder,
  );
  const variables = appVariables(postgres, mails);
  const apps = new RunningApps({
    ...{ manifests, images, folder, logs, dapr },
    files: {
      ...files,
      ...(more.scheduler !== undefined && { scheduler: more.scheduler }),
      ...(more.identities !== undefined && { identities: more.identities }),
    },
    env: (appId) => ({ ...variables, ...options.appEnv?.(appId) }),
  });
  await apps.start(progress);
  return {
    ...{ broker, manifests, postgres, mails },
    database: connect(postgres),
    apps: apps.first,
    more: apps.more,
    scaleOut: (appId) => apps.scaleOut(appId),
    roll: (appId, ready) => apps.roll(appId, ready),
  };
}
