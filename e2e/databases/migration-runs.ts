import { execFile, spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseAccess } from '@cdk8s-event-platform/contracts/interface';
import { freePorts } from '../../testkit/process.ts';
import { writePasswords } from '../../testkit/postgres/postgres.ts';

/** SQL by the name of a migration. */
export type Files = Readonly<Record<string, string>>;
type Env = Readonly<Record<string, string>>;

/** Roles beside the owner. */
export interface DeclaredRoles {
  readonly access: DatabaseAccess;
  /** Passwords by role. */
  readonly passwords: Readonly<Record<string, string>>;
}

/** What a run of the script has come to. */
export interface RunResult {
  readonly status: number | null;
  /** What it said, on either stream. */
  readonly output: string;
  readonly seconds: number;
}

/** The expected end of a run. */
export interface Expected {
  /** Exit status. @default 0 */
  readonly status?: number;
  /** What it prints. */
  readonly output?: readonly (string | RegExp)[];
  /** Longest time, in seconds. @default 15 */
  readonly within?: number;
}

/** Seconds that the script waits for a server, unless a case says otherwise. */
const CONNECT_SECONDS = '6';

let serial = 0;

/** Runs the migration script on databases and roles of its own. */
export class MigrationRuns {
  /** What was not as expected. */
  public readonly problems: string[] = [];
  readonly #databases: string[] = [];
  readonly #roles: string[] = [];

  public constructor(
    private readonly env: Env,
    private readonly folder: string,
    private readonly script: string,
  ) {}

  /** A name that no database or role has. */
  public name(what: string): string {
    serial += 1;
    return `m_${process.pid}_${serial}_${what}`;
  }

  /** A database that is dropped in the end; it is made by `options` of CREATE DATABASE. */
  public async database(what: string, options?: string): Promise<string> {
    const name = this.name(what);
    this.#databases.push(name);
    if (options !== undefined) {
      await this.sql('postgres', `CREATE DATABASE ${quoted(name)} ${options}`);
    }
    return name;
  }

  /** A role that may log in, and the variables to do so. */
  public async role(what: string, options = ''): Promise<{ name: string; env: Env }> {
    const name = this.name(what);
    this.#roles.push(name);
    await this.sql('postgres', `CREATE ROLE ${name} LOGIN PASSWORD 'secret' ${options}`);
    return { name, env: { PGUSER: name, PGPASSWORD: 'secret' } };
  }

  /** Runs SQL as the superuser. Returns what it answers. */
  public async sql(database: string, text: string): Promise<string> {
    const { status, output } = await this.#ask(database, text);
    if (status !== 0) {
      throw new Error(`${text}: ${output}`);
    }
    return output;
  }

  /** Notes that a role is made, to be dropped in the end. */
  public addRole(name: string): void {
    this.#roles.push(name);
  }

  /** Runs the script on files. */
  public run(
    database: string,
    files: Files,
    env: Env = {},
    roles?: DeclaredRoles,
  ): Promise<RunResult> {
    const variables = this.#scriptEnv(database, files, env, roles);
    return this.#execute('bash', ['-ec', this.script], variables);
  }

  /** Runs the script on files, and notes what is not as expected. */
  public async expect(
    what: string,
    run: Promise<RunResult>,
    { status = 0, output = [], within = 15 }: Expected,
  ): Promise<void> {
    const result = await run;
    const silent = output.filter((each) =>
      typeof each === 'string' ? !result.output.includes(each) : !each.test(result.output),
    );
    if (result.status !== status || silent.length > 0 || result.seconds > within) {
      this.problems.push(
        `${what}: status ${result.status} instead of ${status} after ${result.seconds.toFixed(1)} s (at most ${within}), does not say ${JSON.stringify(silent.map(String))}:\n${result.output}`,
      );
    }
  }

  /** Notes when SQL does not answer what is expected. @param env of another login than the superuser's. */
  public async answers(
    what: string,
    database: string,
    sql: string,
    answer: string,
    env: Env = {},
  ): Promise<void> {
    const { output } = await this.#ask(database, sql, env);
    if (output !== answer) {
      this.problems.push(`${what}: '${sql}' answers '${output}' instead of '${answer}'`);
    }
  }

  /** Runs SQL in a session of its own while something is done. */
  public async during(database: string, sql: string, action: () => Promise<void>): Promise<void> {
    const session = spawn('psql', ['-Xwq', '-c', sql], {
      env: { ...process.env, ...this.env, PGDATABASE: database },
      stdio: 'ignore',
    });
    await sleep(500);
    await action();
    session.kill('SIGINT');
    await new Promise((resolve) => session.once('exit', resolve));
  }

  /** Kills the script with all it has started, some time after its start. */
  public async killed(database: string, files: Files, after: number): Promise<void> {
    const child = spawn('bash', ['-ec', this.script], {
      env: { ...process.env, ...this.#scriptEnv(database, files, {}) },
      stdio: 'ignore',
      detached: true,
    });
    await sleep(after);
    process.kill(-child.pid!, 'SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
  }

  /** A port that answers as the server does, from `after` milliseconds on. */
  public async lateServer(after: number): Promise<{ port: string; close: () => void }> {
    const [port] = await freePorts(1);
    const server = createServer((client) => {
      const upstream = connect(Number(this.env.PGPORT), this.env.PGHOST);
      client.pipe(upstream).pipe(client);
      client.on('error', () => upstream.destroy());
      upstream.on('error', () => client.destroy());
    });
    setTimeout(() => server.listen(port, '127.0.0.1'), after);
    return { port: String(port), close: () => server.close() };
  }

  /** Drops what was made. */
  public async clear(): Promise<void> {
    for (const name of this.#databases) {
      await this.sql('postgres', `DROP DATABASE IF EXISTS ${quoted(name)} WITH (FORCE)`);
    }
    for (const name of this.#roles) {
      await this.sql('postgres', `DROP ROLE IF EXISTS ${quoted(name)}`);
    }
  }

  async #ask(database: string, text: string, env: Env = {}): Promise<RunResult> {
    const options = ['-XwqtA', '-v', 'ON_ERROR_STOP=1', '-c', text];
    const result = await this.#execute('psql', options, { PGDATABASE: database, ...env });
    return { ...result, output: result.output.trim() };
  }

  #scriptEnv(database: string, files: Files, env: Env, roles?: DeclaredRoles): Env {
    const folder = join(this.folder, this.name("it's a folder"));
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const [name, sql] of Object.entries(files)) {
      writeFileSync(join(folder, `${name}.sql`), `${sql}\n`);
    }
    if (roles !== undefined) {
      writeFileSync(join(folder, '001-access.json'), JSON.stringify(roles.access));
    }
    const passwords = join(folder, 'roles');
    writePasswords(passwords, roles?.passwords ?? {});
    return {
      ...this.env,
      PGDATABASE: database,
      MIGRATIONS: folder,
      ROLES: passwords,
      MIGRATIONS_CONNECT_SECONDS: CONNECT_SECONDS,
      MIGRATIONS_LOCK_SECONDS: '2',
      ...env,
    };
  }

  #execute(command: string, args: readonly string[], env: Env): Promise<RunResult> {
    const start = performance.now();
    return new Promise((resolve) => {
      const child = execFile(
        command,
        args,
        { env: { ...process.env, ...this.env, ...env }, timeout: 120_000 },
        (_error, stdout, stderr) =>
          resolve({
            status: child.exitCode,
            output: stdout + stderr,
            seconds: (performance.now() - start) / 1000,
          }),
      );
      child.stdin?.end();
    });
  }
}

/** A name as SQL takes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
