import { execFile, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { INBOX_TABLE, KEEP_INBOX_FUNCTION } from '@cdk8s-event-platform/contracts/interface';
import { manifest } from './consumers/manifest.ts';
import { type BenchDatabase, benchDatabase } from './database.ts';
import type { Environment } from './environment.ts';
import { BULK } from './names.ts';

const run = promisify(execFile);

/** Connections that write at the same time, here and when the runtime is measured in process. */
export const CONNECTIONS = 4;

/** How the limit is measured. */
export type LimitProgram = 'pgbench' | 'pg driver';

/** pgbench where it is installed, else a loop with the driver. */
export function limitProgram(): LimitProgram {
  return spawnSync('pgbench', ['--version']).status === 0 ? 'pgbench' : 'pg driver';
}

const RECORD = `INSERT INTO ${INBOX_TABLE} (consumer, epoch, source, event_id, event_day)
SELECT '${manifest.appId}', 0, '/bench', id, (now() AT TIME ZONE 'UTC')::date FROM unnest($IDS) AS t (id)
ON CONFLICT DO NOTHING`;
const EFFECT = `INSERT INTO payments (event_id, account, amount)
SELECT id, 'user-' || length(id), 1250 FROM unnest($IDS) AS t (id)`;

/** One line for pgbench, with ids as random as UUIDs are: neighbours in an index would be cheaper. */
function forPgbench(statement: string): string {
  const ids = `ARRAY(SELECT md5((:start::bigint + n)::text)::uuid::text FROM generate_series(1, ${BULK.maxMessagesCount}) AS n)`;
  return `${statement.replaceAll('\n', ' ').replace('$IDS', ids)};`;
}

const SCRIPT = [
  '\\set start random(1, 1000000000000000)',
  'BEGIN;',
  forPgbench(RECORD),
  forPgbench(EFFECT),
  'COMMIT;',
].join('\n');

async function withPgbench(
  folder: string,
  { env }: BenchDatabase,
  seconds: number,
): Promise<number> {
  const script = join(folder, 'limit.sql');
  writeFileSync(script, `${SCRIPT}\n`);
  const { stdout } = await run(
    'pgbench',
    ['-n', '-M', 'prepared', '-c', String(CONNECTIONS), '-T', String(seconds), '-f', script],
    { env: { ...process.env, ...env } },
  );
  const perSecond = /tps = ([\d.]+)/.exec(stdout)?.[1];
  if (perSecond === undefined) {
    throw new Error(`pgbench said nothing of transactions per second:\n${stdout}`);
  }
  return Number(perSecond) * BULK.maxMessagesCount;
}

async function withDriver({ pool }: BenchDatabase, seconds: number): Promise<number> {
  const started = performance.now();
  const end = started + seconds * 1000;
  let rows = 0;
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = await pool.connect();
      while (performance.now() < end) {
        const ids = Array.from({ length: BULK.maxMessagesCount }, () => randomUUID());
        await client.query('BEGIN');
        await client.query(RECORD.replace('$IDS', '$1::text[]'), [ids]);
        await client.query(EFFECT.replace('$IDS', '$1::text[]'), [ids]);
        await client.query('COMMIT');
        rows += ids.length;
      }
      client.release();
    }),
  );
  return (rows / (performance.now() - started)) * 1000;
}

/**
 * Rows per second that the database takes in transactions of a hundred inbox rows and a hundred
 * effects, with nothing else to do.
 */
export async function databaseLimit(environment: Environment, seconds: number): Promise<number> {
  const database = await benchDatabase(environment.postgres);
  try {
    await database.pool.query(`SELECT ${KEEP_INBOX_FUNCTION}(7)`);
    return limitProgram() === 'pgbench'
      ? await withPgbench(environment.folder, database, seconds)
      : await withDriver(database, seconds);
  } finally {
    await database.drop();
  }
}
