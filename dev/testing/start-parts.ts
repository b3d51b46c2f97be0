import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import type { TestDatabase } from '@cdk8s-event-platform/runtime/testing';
import {
  createPreparedDatabase,
  type Logger,
} from '@cdk8s-event-platform/runtime/testing/internal';
import { type EventPlatform, renderObjects } from 'cdk8s-event-platform';
import { Broker } from '../broker/broker.ts';
import { Faults } from '../faults/faults.ts';
import { appResources } from '../sidecar/app-resources.ts';
import type { RenderedManifest } from '../sidecar/rendered.ts';
import { Sidecar } from '../sidecar/sidecar.ts';
import { LocalState } from '../sidecar/state-api.ts';
import { provision, topicsOf } from '../topics.ts';
import { AppInTest } from './app-in-test.ts';
import type { Subscriber } from './audit.ts';
import {
  type DeclaredApp,
  declaredApps,
  subscriberOf,
  TOKEN,
  withoutWaits,
} from './declared-apps.ts';
import { Gate, InProcessChannel } from './in-process-channel.ts';
import { ledgerStatements, WATCH_OUTBOX } from './ledger.ts';
import type { TestPlatformOptions } from './test-platform-options.ts';
import { useServer } from './test-server.ts';
import { VirtualTime } from './virtual-time.ts';

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

/** Default of {@link TestPlatformOptions.restWithin}, in milliseconds. */
const REST_WITHIN = 4_000;
const secret = () => TOKEN;
/** Connections of each app, and of the broker. */
const CONNECTIONS = 8;

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
    await provision(broker, rendered);
    const topics = topicsOf(rendered);
    const state = new LocalState(() => time.now());
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
          ...{ appId, objects, broker, secret, state, faults: faults.get(appId)! },
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
