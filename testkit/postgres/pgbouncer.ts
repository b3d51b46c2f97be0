import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { giveToServer, makeServerFolder, SERVER_USER } from './postgres.ts';
import { freePorts, listensOn, ManagedProcess } from '../process.ts';
import { pgBouncerProgram } from './programs.ts';
import type { DatabaseServer, ServerPlace } from './server.ts';

/** When PgBouncer gives a client's server connection to the next client. */
export type PoolMode = 'transaction' | 'session';

/** A running PgBouncer. */
export interface PgBouncer {
  readonly mode: PoolMode;
  readonly port: number;
  readonly process: ManagedProcess;
}

/**
 * Starts PgBouncer in front of a server. It gets an address, the server behind it and the roles that may log
 * in; all else is its default, so startup parameters that it does not know are refused.
 */
export async function startPgBouncer(
  mode: PoolMode,
  server: DatabaseServer,
  place: ServerPlace,
): Promise<PgBouncer> {
  const name = `${server.name}-pgbouncer-${mode}`;
  const folder = join(place.folder, name);
  const [port] = (await freePorts(1)) as [number];
  makeServerFolder(folder);
  const write = (file: string, text: string): string => {
    const path = join(folder, file);
    writeFileSync(path, text, { mode: 0o600 });
    giveToServer(path);
    return path;
  };
  const logins = place.secrets
    .map(({ stringData }) => stringData)
    .filter(({ username, password }) => username !== undefined && password !== undefined)
    .map(({ username, password }) => `"${username!}" "${password!}"\n`);
  const users = write('userlist.txt', logins.join(''));
  const settings = write(
    'pgbouncer.ini',
    `[databases]
* = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = ${mode}
`,
  );
  const process = await new ManagedProcess({
    name,
    command: pgBouncerProgram(),
    args: [settings],
    cwd: '/',
    ...SERVER_USER,
    log: join(place.logs, `${name}.log`),
    ready: () => listensOn(port),
  }).start();
  return { mode, port, process };
}
