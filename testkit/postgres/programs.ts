import { execFile, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { SERVER_USER } from './postgres.ts';

const execute = promisify(execFile);

/** Where Debian keeps a folder for each version of PostgreSQL. */
const DEBIAN_VERSIONS = '/usr/lib/postgresql';
const PROGRAMS = ['initdb', 'postgres', 'pg_basebackup', 'pg_controldata', 'pg_dump', 'pg_restore'];

function debianFolders(): string[] {
  const versions = existsSync(DEBIAN_VERSIONS) ? readdirSync(DEBIAN_VERSIONS) : [];
  return versions
    .filter((version) => /^\d+$/.test(version))
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(DEBIAN_VERSIONS, version, 'bin'));
}

/**
 * Folder with the programs of a PostgreSQL server: the one that `pg_config` names, else the newest of
 * Debian's.
 *
 * @throws Error that names the package to install.
 */
export function postgresPrograms(): string {
  const configured = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' });
  // `pg_config` also comes with the headers of the client library alone.
  const candidates = [
    ...(configured.status === 0 ? [configured.stdout.trim()] : []),
    ...debianFolders(),
  ];
  const found = candidates.find((folder) =>
    PROGRAMS.every((program) => existsSync(join(folder, program))),
  );
  if (found === undefined) {
    throw new Error(
      `the programs of a PostgreSQL server (${PROGRAMS.join(', ')}) are not installed: apt-get install -y postgresql`,
    );
  }
  return found;
}

/** Path of PgBouncer. @throws Error that names the package to install. */
export function pgBouncerProgram(): string {
  // Debian installs it where the PATH of an ordinary user does not lead.
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin'];
  const found = folders.map((folder) => join(folder, 'pgbouncer')).find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(`'pgbouncer' is not installed: apt-get install -y pgbouncer`);
  }
  return found;
}

/** Runs one of PostgreSQL's programs, by name or path, as the user of the servers. Returns its output. */
export async function runProgram(
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await execute(isAbsolute(name) ? name : join(postgresPrograms(), name), args, {
    ...SERVER_USER,
    // A folder that every user can read.
    cwd: '/',
    env: { PATH: process.env.PATH, LC_ALL: 'C', ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}
