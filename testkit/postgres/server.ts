import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import type { SecretManifest } from '../../cli/make-secret.ts';
import { giveToServer, loginAt, makeServerFolder, SERVER_USER } from './postgres.ts';
import { freePorts, listensOn, ManagedProcess } from '../process.ts';
import { postgresPrograms, runProgram } from './programs.ts';

/** Where servers keep data and logs, and how to log in. */
export interface ServerPlace {
  /** An own folder for data, which is there. */
  readonly folder: string;
  /** Folder for logs. */
  readonly logs: string;
  /** User and password of the owner of the database. */
  readonly secret: SecretManifest;
  /** Every Secret, those of the roles of apps among them. */
  readonly secrets: readonly SecretManifest[];
  /** Folder of the server's programs. @default - {@link postgresPrograms} */
  readonly programs?: string;
}

/** Settings of a server that the run changes; all else is PostgreSQL's default. */
const SETTINGS_FILE = 'run.conf';

/** One PostgreSQL server, which is a primary or a standby. */
export class DatabaseServer {
  readonly #data: string;
  #settings: Readonly<Record<string, string>> = {};
  public readonly process: ManagedProcess;
  /** libpq's variables to log in with. */
  public readonly env: Readonly<Record<string, string>>;

  private constructor(
    public readonly name: string,
    public readonly port: number,
    place: ServerPlace,
  ) {
    this.#data = join(place.folder, name);
    this.env = loginAt(port, place.secret);
    this.process = new ManagedProcess({
      name,
      command: join(place.programs ?? postgresPrograms(), 'postgres'),
      args: ['-D', this.#data, '-p', String(port), '-c', 'unix_socket_directories='],
      cwd: '/',
      ...SERVER_USER,
      log: join(place.logs, `${name}.log`),
      ready: async () => (await listensOn(port)) && (await this.#answers()),
    });
  }

  /** A server with an empty database cluster, not started yet. */
  public static async create(name: string, place: ServerPlace): Promise<DatabaseServer> {
    const server = await DatabaseServer.#at(name, place);
    const passwordFile = join(place.folder, `${name}.password`);
    writeFileSync(passwordFile, server.env.PGPASSWORD!, { mode: 0o600 });
    giveToServer(passwordFile);
    await runProgram(join(place.programs ?? postgresPrograms(), 'initdb'), [
      `--pgdata=${server.#data}`,
      `--username=${server.env.PGUSER!}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C.UTF-8',
    ]);
    appendFileSync(join(server.#data, 'postgresql.conf'), `include '${SETTINGS_FILE}'\n`);
    server.#write({ wal_keep_size: '256MB' });
    return server;
  }

  /** A standby of a running primary, not started yet. */
  public static async standbyOf(
    primary: DatabaseServer,
    name: string,
    place: ServerPlace,
  ): Promise<DatabaseServer> {
    const server = await DatabaseServer.#at(name, place);
    await runProgram(
      'pg_basebackup',
      [`--pgdata=${server.#data}`, '--wal-method=stream', '--checkpoint=fast'],
      primary.env,
    );
    server.#settings = primary.#settings;
    server.follow(primary);
    return server;
  }

  static async #at(name: string, place: ServerPlace): Promise<DatabaseServer> {
    const [port] = (await freePorts(1)) as [number];
    makeServerFolder(join(place.folder, name));
    chmodSync(join(place.folder, name), 0o700);
    return new DatabaseServer(name, port, place);
  }

  /** Starts it and waits until it answers. */
  public async start(): Promise<this> {
    await this.process.start();
    return this;
  }

  /** Fast shutdown: ends transactions, and waits until standbys have received everything. */
  public stop(): Promise<void> {
    return this.process.stop('SIGINT');
  }

  /** From its next start on it is a standby of another server. */
  public follow(primary: DatabaseServer): void {
    const { PGHOST, PGUSER, PGPASSWORD } = primary.env;
    const conninfo = `host=${PGHOST!} port=${primary.port} user=${PGUSER!} password=${PGPASSWORD!} application_name=${this.name}`;
    this.#write({ ...this.#settings, primary_conninfo: conninfo });
    const signal = join(this.#data, 'standby.signal');
    writeFileSync(signal, '');
    giveToServer(signal);
  }

  /** Makes every new transaction read-only, or no longer. Connections stay open. */
  public async readOnly(on: boolean): Promise<void> {
    this.#write({ ...this.#settings, default_transaction_read_only: on ? 'on' : 'off' });
    if (this.process.alive) {
      await this.query('SELECT pg_reload_conf()');
    }
  }

  /** Makes a standby a primary. Returns when it takes writes. */
  public async promote(): Promise<void> {
    const [row] = await this.query<{ promoted: boolean }>('SELECT pg_promote() AS promoted');
    if (row?.promoted !== true) {
      throw new Error(`${this.name} has not become a primary`);
    }
  }

  /** Where the log of a server that is stopped ends, from its control file. */
  public async lastCheckpoint(): Promise<string> {
    const text = await runProgram('pg_controldata', [`--pgdata=${this.#data}`]);
    const state = /^Database cluster state:\s+(.*)$/m.exec(text)?.[1];
    if (state !== 'shut down' && state !== 'shut down in recovery') {
      throw new Error(`${this.name} was not shut down cleanly: '${state ?? 'unknown'}'`);
    }
    return /^Latest checkpoint location:\s+(\S+)$/m.exec(text)![1]!;
  }

  /** Runs one query with a connection of its own. */
  public async query<Row extends pg.QueryResultRow>(
    statement: string,
    database = this.env.PGDATABASE!,
  ): Promise<Row[]> {
    const { PGUSER: user, PGPASSWORD: password } = this.env;
    const client = new pg.Client({ host: '127.0.0.1', port: this.port, user, password, database });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  async #answers(): Promise<boolean> {
    try {
      await this.query('SELECT 1', 'postgres');
      return true;
    } catch {
      return false;
    }
  }

  #write(settings: Readonly<Record<string, string>>): void {
    this.#settings = settings;
    const file = join(this.#data, SETTINGS_FILE);
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`);
    writeFileSync(file, lines.join(''), { mode: 0o600 });
    giveToServer(file);
  }
}
