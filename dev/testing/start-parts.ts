import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { DEAD_LETTER_PROCESSOR, RUNTIME_ENV } from '@cdk8s-event-platform/contracts/interface';
import type { TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import {
  createPreparedDatabase,
  type Logger,
} from '@cdk8s-event-platform/runtime/testing/internal';
import { type EventPlatform, renderObjects } from 'cdk8s-event-platform';
import { Broker } from '../broker/broker.ts';
import { Faults } from '../faults/faults.ts';
import { environmentOf, type PodManifest } from '../run/pods.ts';
import { appResources, appsWithSidecar } from '../sidecar/app-resources.ts';
import type {
  DeploymentManifest,
  RenderedManifest,
  SubscriptionManifest,
} from '../sidecar/rendered.ts';
import { Sidecar } from '../sidecar/sidecar.ts';
import { topicsOf } from '../topics.ts';
import { AppInTest, type TestedApp } from './app-in-test.ts';
import type { Subscriber } from './audit.ts';
import { Gate, InProcessChannel } from './in-process-channel.ts';
import { ledgerStatements, WATCH_OUTBOX } from './ledger.ts';
import { useServer } from './test-server.ts';
import { VirtualTime } from './virtual-time.ts';

/** A length of time, such as `Duration.minutes(5)` of cdk8s. */
export interface TimeSpan {
  toMilliseconds(): number;
}

/** Settings of `testPlatform`. */
export interface TestPlatformOptions {
  /** What each app does, by app id: a consumer, or manifest, handlers and routes of a service. */
  readonly apps: Readonly<Record<string, TestedApp>>;
  /** Apps that do not run, e.g. in another language: events wait for them. @default - all apps run */
  readonly without?: readonly string[];
  /**
   * Connection string of a role that may create databases and roles.
   *
   * @default - `DATABASE_URL`, or the server that `PGHOST` and libpq's other variables name, or one of the process
   */
  readonly url?: string;
  /** Seed of faults. @default 1 */
  readonly seed?: number;
  /** Real time within which `settle` must end. @default - 4 s, below the 5 s that a test has in vitest and jest */
  readonly restWithin?: TimeSpan;
}

/** What a platform in a test consists of. */
export interface Parts {
  readonly apps: ReadonlyMap<string, AppInTest>;
  readonly faults: ReadonlyMap<string, Faults>;
  readonly databases: readonly pg.Pool[];
  readonly databaseOf: ReadonlyMap<string, pg.Pool>;
  readonly broker: Broker;
  readonly brokerPool: pg.Pool;
  readonly topics: readonly string[];
  readonly subscribers: readonly Subscriber[];
  readonly time: VirtualTime;
  readonly gate: Gate;
  /** In milliseconds. */
  readonly restWithin: number;
  /** What apps and sidecars have logged. */
  readonly lines: readonly string[];
  stop(): Promise<void>;
}

/** An app with what its Deployment says. */
interface DeclaredApp {
  readonly appId: string;
  readonly manifest: AppManifest;
  readonly app: TestedApp | undefined;
  readonly env: Readonly<Record<string, string>>;
}

/** Default of {@link TestPlatformOptions.restWithin}, in milliseconds. */
const REST_WITHIN = 4_000;
const TOKEN = 'token';
const secret = () => TOKEN;
/** Connections of each app, and of the broker. */
const CONNECTIONS = 8;

/** Objects as sidecars of a test follow them: bulks do not wait for more, and health is not probed. */
function withoutWaits(object: RenderedManifest): RenderedManifest {
  switch (object.kind) {
    case 'Subscription': {
      const { spec } = object as SubscriptionManifest;
      const bulk = spec.bulkSubscribe && { ...spec.bulkSubscribe, maxAwaitDurationMs: 0 };
      return {
        ...object,
        spec: { ...spec, ...(bulk && { bulkSubscribe: bulk }) },
      };
    }
    case 'Deployment': {
      const copy = structuredClone(object as DeploymentManifest);
      Object.assign(copy.spec.template.metadata.annotations ?? {}, {
        'dapr.io/enable-app-health-check': 'false',
      });
      return copy;
    }
    default:
      return object;
  }
}

/** @throws Error that names every app that is missing, and every one that the platform lacks. */
function checkApps(
  declared: readonly string[],
  collectors: readonly string[],
  { apps, without = [] }: TestPlatformOptions,
): void {
  const given = [...Object.keys(apps), ...without];
  const missing = declared.filter((appId) => !given.includes(appId) && !collectors.includes(appId));
  const unknown = given.filter((appId) => !declared.includes(appId));
  const other = Object.entries(apps).filter(([appId, { manifest }]) => manifest.appId !== appId);
  const problems = [
    ...missing.map((appId) => `app '${appId}' is missing: add it to 'apps', or to 'without'`),
    ...unknown.map((appId) => `no app '${appId}' in the platform: it has ${declared.join(', ')}`),
    ...other.map(
      ([appId, { manifest }]) => `app '${appId}' has the manifest of '${manifest.appId}'`,
    ),
  ];
  if (problems.length > 0) {
    throw new Error(problems.join('; '));
  }
}

/** The apps that run. */
function declaredApps(
  objects: readonly RenderedManifest[],
  options: TestPlatformOptions,
  folder: string,
): DeclaredApp[] {
  const appIds = appsWithSidecar(objects);
  const envOf = (appId: string) => {
    const isOwn = (object: RenderedManifest) =>
      object.kind === 'Deployment' && object.metadata.name === appId;
    return environmentOf(objects.find(isOwn) as PodManifest, objects, secret, join(folder, appId));
  };
  const envs = new Map(appIds.map((appId) => [appId, envOf(appId)]));
  const collectors = appIds.filter(
    (appId) => envs.get(appId)![RUNTIME_ENV.eventKeys] !== undefined,
  );
  checkApps(appIds, collectors, options);
  return appIds
    .filter((appId) => options.without?.includes(appId) !== true)
    .map((appId) => {
      const app = options.apps[appId];
      const manifest = app?.manifest ?? { ...DEAD_LETTER_PROCESSOR, appId };
      return { appId, app, manifest, env: envs.get(appId)! };
    });
}

/** A database for each that the objects name, with the tables of its apps. */
async function createDatabases(
  apps: readonly DeclaredApp[],
  now: number,
  url: string | undefined,
): Promise<ReadonlyMap<string, TestDatabase>> {
  const nameOf = ({ env }: DeclaredApp) => `${env.PGHOST ?? ''}/${env.PGDATABASE ?? ''}`;
  const names = [...new Set(apps.map(nameOf))];
  const databases = await Promise.allSettled(
    names.map(async (name) => {
      const manifests = apps.filter((app) => nameOf(app) === name).map(({ manifest }) => manifest);
      const database = await createPreparedDatabase(manifests, {
        ...(url !== undefined && { url }),
        connections: CONNECTIONS,
        collectors: apps.flatMap(({ appId, app }) => (app === undefined ? [appId] : [])),
        prepare: (created) => ledgerStatements(created, now),
      });
      await database.pool.query(WATCH_OUTBOX);
      return database;
    }),
  );
  const failed = databases.find((each) => each.status === 'rejected');
  const created = databases.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
  if (failed !== undefined) {
    await Promise.all(created.map((database) => database.drop()));
    throw failed.reason as Error;
  }
  return new Map(apps.map((app) => [app.appId, created[names.indexOf(nameOf(app))]!]));
}

function subscriberOf(
  objects: readonly RenderedManifest[],
  { appId, manifest }: DeclaredApp,
): Subscriber {
  const { pubSubs, subscriptions } = appResources(objects, appId);
  return {
    appId,
    topics: new Map((manifest.subscribes ?? []).map(({ type, topic }) => [type, topic])),
    groups: new Map(
      subscriptions.map(({ topic, pubsubname }) => [
        topic,
        pubSubs.get(pubsubname)?.consumerGroup ?? appId,
      ]),
    ),
  };
}

/** Lines of one app at the levels that tell of failures. */
function loggerOf(appId: string, lines: string[]): Logger {
  const ignore = () => undefined;
  const keep = (fields: object, message: string) =>
    void lines.push(`${appId}: ${message} ${JSON.stringify(fields)}`);
  return { debug: ignore, info: ignore, warn: keep, error: keep };
}

/** Starts everything. @throws Error as `testPlatform`. */
export async function startParts(
  platform: EventPlatform,
  options: TestPlatformOptions,
): Promise<Parts> {
  const rendered = renderObjects(platform);
  const objects = rendered.map(({ manifest }) => withoutWaits(manifest as RenderedManifest));
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-test-'));
  const stops: (() => Promise<void> | void)[] = [
    () => rmSync(folder, { recursive: true, force: true }),
  ];
  const stop = async () => {
    for (const each of stops.splice(0).reverse()) {
      await each();
    }
  };
  try {
    const declared = declaredApps(objects, options, folder);
    const server = await useServer(options.url);
    stops.push(() => server.release());
    const [time, gate, lines] = [new VirtualTime(), new Gate(), [] as string[]];
    gate.close();
    const databaseOf = await createDatabases(declared, time.now(), server.url);
    const databases = [...new Set(databaseOf.values())];
    stops.push(async () => {
      await Promise.all(databases.map((database) => database.drop()));
    });
    const brokerPool = databases[0]!.pool;
    const broker = await Broker.open(brokerPool);
    const topics = topicsOf(rendered);
    await Promise.all([...topics].map(([topic, partitions]) => broker.addTopic(topic, partitions)));
    const apps = new Map<string, AppInTest>();
    const faults = new Map<string, Faults>();
    for (const [index, { appId, ...parts }] of declared.entries()) {
      const pool = databaseOf.get(appId)!.poolOf(appId);
      const app = new AppInTest({ ...parts, pool, time, log: loggerOf(appId, lines) });
      const { tokens } = appResources(objects, appId);
      const channel = new InProcessChannel(app, tokens.app && TOKEN, gate, time);
      apps.set(appId, app);
      faults.set(appId, new Faults((options.seed ?? 1) * 1_000 + index));
      app.sidecar = Sidecar.startWithin(
        {
          ...{ appId, objects, broker, secret, faults: faults.get(appId)! },
          log: (line) => void lines.push(`sidecar of ${appId}: ${line}`),
        },
        { channel, scheduler: time },
      );
    }
    stops.push(async () => {
      await Promise.all([...apps.values()].map((app) => app.sidecar!.kill()));
      // What is under way ends with its connections, which are closed before the databases are dropped.
      apps.forEach((app) => app.interrupt());
    });
    return {
      ...{ apps, faults, broker, brokerPool, time, gate, lines, stop },
      databases: databases.map(({ pool }) => pool),
      databaseOf: new Map([...databaseOf].map(([appId, { pool }]) => [appId, pool])),
      topics: [...topics.keys()],
      subscribers: declared.map((app) => subscriberOf(objects, app)),
      restWithin: options.restWithin?.toMilliseconds() ?? REST_WITHIN,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
