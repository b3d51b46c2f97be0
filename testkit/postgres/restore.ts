import { join } from 'node:path';
import type { DatabasePlatform } from './database-platform.ts';
import { runProgram } from './programs.ts';
import { DatabaseServer } from './server.ts';
import { runStep, type StepResult } from '../platform/step.ts';

/** Tasks that wait in the outbox when it is dumped, and as many that come after it is restored. */
const TASKS = 250;
/** Transactions of the server whose counter is to be ahead. */
const BURNT = 50_000;

/** Which server has counted more transactions. */
export type Ahead = 'dumped server' | 'new server';

/** Uses up transaction ids. */
async function burn(server: DatabaseServer): Promise<void> {
  await server.query(
    `DO $$ BEGIN
       SET synchronous_commit = off;
       FOR number IN 1..${BURNT} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP;
     END $$`,
    'postgres',
  );
}

async function transactionId(server: DatabaseServer): Promise<bigint> {
  const [row] = await server.query<{ id: string }>('SELECT pg_current_xact_id() AS id', 'postgres');
  return BigInt(row!.id);
}

async function waiting(server: DatabaseServer): Promise<number> {
  const [row] = await server.query<{ count: number }>('SELECT count(*)::int AS count FROM outbox');
  return row!.count;
}

/** Copies the platform's database by `pg_dump` and `pg_restore`, as a move to another service does. */
export async function dumpAndRestore(
  from: DatabaseServer,
  to: DatabaseServer,
  folder: string,
): Promise<void> {
  const file = join(folder, `${to.name}.dump`);
  const roles = join(folder, `${to.name}.roles.sql`);
  const database = from.env.PGDATABASE!;
  await runProgram(
    'pg_dump',
    ['--format=custom', `--file=${file}`, `--dbname=${database}`],
    from.env,
  );
  // A dump of a database has no roles. The owner is there, so one statement fails.
  await runProgram('pg_dumpall', ['--roles-only', `--file=${roles}`], from.env);
  await runProgram('psql', ['--quiet', '--dbname=postgres', `--file=${roles}`], to.env);
  await to.query(`CREATE DATABASE ${database}`, 'postgres');
  await runProgram('pg_restore', ['--exit-on-error', `--dbname=${database}`, file], to.env);
}

/** A new server, and one of the two counters ahead of the other. */
async function newServer(
  { primary, place }: DatabasePlatform,
  ahead: Ahead,
): Promise<DatabaseServer> {
  const name = ahead === 'new server' ? 'postgres-ahead' : 'postgres-behind';
  const server = await (await DatabaseServer.create(name, place)).start();
  await burn(ahead === 'new server' ? server : primary);
  return server;
}

/** The counters of both servers. @throws Error when the wrong one is ahead. */
async function counters(from: DatabaseServer, to: DatabaseServer, ahead: Ahead): Promise<string> {
  const [old, own] = [await transactionId(from), await transactionId(to)];
  if (own > old !== (ahead === 'new server')) {
    throw new Error(`the ${ahead} must be ahead: dumped ${old}, new ${own}`);
  }
  return `pg_current_xact_id() ${old} where it was dumped, ${own} where it is restored`;
}

/**
 * With the broker down, a database with tasks in its outbox moves to a new server by a dump. Rows of the
 * outbox keep the transaction ids of the server they were written at.
 */
export function restore(databases: DatabasePlatform, ahead: Ahead): Promise<StepResult> {
  const { platform, place, load, route, observer, progress } = databases;
  return runStep(databases, `dump and restore, ${ahead} ahead`, async () => {
    const from = databases.primary;
    const to = await newServer(databases, ahead);
    const [broker] = platform.broker.servers;
    await broker.stop();
    progress('the broker is stopped');
    await load.post(TASKS);
    const dumped = await waiting(from);
    await dumpAndRestore(from, to, place.folder);
    const restored = await waiting(to);
    const note = await counters(from, to, ahead);
    databases.primary = to;
    observer.switchTo(to.port);
    route.switchTo(to.port);
    await from.stop();
    progress(`restored with ${restored} events that wait: ${note}`);
    // Behind those of their users that wait.
    await load.post(TASKS);
    await broker.start();
    return {
      note,
      failures:
        dumped === TASKS && restored === TASKS
          ? []
          : [`${dumped} events were in the outbox, ${restored} were restored, not ${TASKS}`],
    };
  });
}
