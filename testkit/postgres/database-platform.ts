import { BROKERS } from '../brokers/index.ts';
import { type RunningPlatform, startPlatform } from '../platform/platform.ts';
import {
  loginAt,
  makeServerFolder,
  type PostgresOptions,
  type PostgresServer,
  runMigrations,
} from './postgres.ts';
import { type PgBouncer, startPgBouncer } from './pgbouncer.ts';
import { DatabaseServer, type ServerPlace } from './server.ts';
import { TaskLoad } from '../platform/task-load.ts';
import { TcpRoute } from './tcp-route.ts';

/** The platform with servers of its database that the run can swap. */
export interface DatabasePlatform {
  readonly platform: RunningPlatform;
  readonly place: ServerPlace;
  /** Where apps and sidecars find the database. */
  readonly route: TcpRoute;
  /** Where the run reads and counts: always the primary itself. */
  readonly observer: TcpRoute;
  readonly bouncers: readonly PgBouncer[];
  readonly load: TaskLoad;
  readonly progress: (text: string) => void;
  /** The server that takes writes. */
  primary: DatabaseServer;
  /** The server that follows it. */
  standby: DatabaseServer;
}

type Servers = Omit<DatabasePlatform, 'platform' | 'load' | 'progress'>;

/** Primary, standby and a PgBouncer of each mode. The route leads to the one in transaction mode. */
async function startServers(place: ServerPlace): Promise<Servers> {
  makeServerFolder(place.folder);
  const primary = await (await DatabaseServer.create('postgres-a', place)).start();
  const standby = await (await DatabaseServer.standbyOf(primary, 'postgres-b', place)).start();
  const bouncers = [
    await startPgBouncer('transaction', primary, place),
    await startPgBouncer('session', primary, place),
  ];
  return {
    place,
    route: await TcpRoute.open(bouncers[0]!.port),
    observer: await TcpRoute.open(primary.port),
    bouncers,
    primary,
    standby,
  };
}

function asPostgres(
  { route, observer, primary }: Servers,
  options: PostgresOptions,
): PostgresServer {
  const env = loginAt(route.port, options.secret);
  return {
    process: primary.process,
    port: observer.port,
    env,
    migrate: () => runMigrations(options, env),
  };
}

/** Starts the platform; apps, sidecars and the Job of the migrations go through the route. */
export async function startDatabasePlatform(
  folder: string,
  progress: (text: string) => void,
): Promise<DatabasePlatform> {
  let servers: Servers | undefined;
  const platform = await startPlatform({
    broker: BROKERS.kafka,
    folder,
    progress,
    database: async (options) => {
      const { folder: own, logs, secret, secrets } = options;
      servers = await startServers({ folder: own, logs, secret, secrets });
      progress('a primary, a standby, and PgBouncer in transaction and in session mode');
      return asPostgres(servers, options);
    },
  });
  const load = new TaskLoad(platform.apps.get('producer')!.port);
  return { ...servers!, platform, load, progress };
}
