import { VERSIONS } from '../../constructs/core/versions.ts';
import { BROKERS } from '../../testkit/brokers/index.ts';
import { dumpAndRestore } from '../../testkit/postgres/restore.ts';
import { DatabaseServer, type ServerPlace } from '../../testkit/postgres/server.ts';
import { TaskLoad } from '../../testkit/platform/task-load.ts';
import { TcpRoute } from '../../testkit/postgres/tcp-route.ts';
import { startPlatform } from '../../testkit/platform/platform.ts';
import {
  binaries,
  loginAt,
  makeServerFolder,
  runMigrations,
} from '../../testkit/postgres/postgres.ts';
import { underLoad, type Upgrade } from './upgrade.ts';

async function versionOf(server: DatabaseServer): Promise<string> {
  const [row] = await server.query<{ server_version: string }>('SHOW server_version', 'postgres');
  return row!.server_version.split(' ')[0]!;
}

/**
 * A new major version as docs/upgrading.md has it: apps are stopped, the database moves to a new server
 * by a dump, apps start again with the new server behind the old name.
 */
export const upgradePostgres: Upgrade = async ({ folder, progress }) => {
  const place: {
    old?: DatabaseServer;
    route?: TcpRoute;
    observer?: TcpRoute;
    server?: ServerPlace;
  } = {};
  const platform = await startPlatform({
    broker: BROKERS.kafka,
    folder,
    progress,
    database: async (options) => {
      makeServerFolder(options.folder);
      const { folder: own, logs, secret, secrets } = options;
      place.server = { folder: own, logs, secret, secrets };
      place.old = await (await DatabaseServer.create('postgres-old', place.server)).start();
      place.route = await TcpRoute.open(place.old.port);
      const env = loginAt(place.route.port, options.secret);
      place.observer = await TcpRoute.open(place.old.port);
      const { process } = place.old;
      return {
        process,
        port: place.observer.port,
        env,
        migrate: () => runMigrations(options, env),
      };
    },
  });
  const { old, route, observer, server } = place as Required<typeof place>;
  const from = await versionOf(old);
  const load = new TaskLoad(platform.apps.get('producer')!.port);
  const name = `PostgreSQL: ${from} to ${VERSIONS.postgres}`;
  const result = await underLoad({ platform, load, progress }, name, async () => {
    const began = performance.now();
    const apps = [...platform.apps.values()];
    await Promise.all(apps.flatMap(({ app, sidecar }) => [app.stop(), sidecar.stop()]));
    progress('every app is stopped');
    const fresh = await DatabaseServer.create('postgres-new', { ...server, programs: binaries() });
    await fresh.start();
    await dumpAndRestore(old, fresh, server.folder);
    progress(`the database is at ${await versionOf(fresh)}`);
    await old.stop();
    route.switchTo(fresh.port);
    observer.switchTo(fresh.port);
    await Promise.all(apps.map(({ app }) => app.start()));
    await Promise.all(apps.map(({ sidecar }) => sidecar.start()));
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    const after = await versionOf(fresh);
    if (!after.startsWith(VERSIONS.postgres) || after === from) {
      throw new Error(`the new server is ${after}, the old one was ${from}`);
    }
    return { note: `${from} to ${after}, writes held for ${seconds} s` };
  });
  load.close();
  await platform.database.end();
  return result;
};
