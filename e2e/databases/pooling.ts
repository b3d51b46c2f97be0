import pg from 'pg';
import { createLogger, inTransaction, openDatabase } from '@cdk8s-event-platform/runtime';
import type { PgBouncer } from './pgbouncer.ts';
import type { DatabasePlatform } from './platform.ts';
import { runStep, type StepResult } from './step.ts';

const TASKS = 600;
/** The limit that the runtime sets on each statement. */
const STATEMENT_LIMIT = '30s';
const ASK = `SELECT current_setting('statement_timeout') AS statement_timeout`;

interface Setting {
  readonly statement_timeout: string;
}

/** The limit inside a transaction of a pool as apps open it, which libpq's variables lead to the route. */
async function limitInTransaction(env: Readonly<Record<string, string>>): Promise<string> {
  const before = { ...process.env };
  Object.assign(process.env, env);
  const pool = openDatabase({
    applicationName: 'e2e',
    connections: 1,
    log: createLogger('e2e'),
  });
  try {
    return await inTransaction(pool, async (tx) => {
      const { rows } = await tx.query<Setting>(ASK);
      return rows[0]!.statement_timeout;
    });
  } finally {
    await pool.end();
    for (const name of Object.keys(env)) {
      if (before[name] === undefined) {
        Reflect.deleteProperty(process.env, name);
      } else {
        process.env[name] = before[name];
      }
    }
  }
}

/** The limit that a client finds on a server connection which apps have used. */
async function limitOfOthers(env: Readonly<Record<string, string>>): Promise<string> {
  const client = new pg.Client({
    host: env.PGHOST!,
    port: Number(env.PGPORT),
    user: env.PGUSER!,
    password: env.PGPASSWORD!,
    database: env.PGDATABASE!,
  });
  await client.connect();
  try {
    return (await client.query<Setting>(ASK)).rows[0]!.statement_timeout;
  } finally {
    await client.end();
  }
}

async function checkLimits({ platform }: DatabasePlatform): Promise<string[]> {
  const { env } = platform.postgres;
  const own = await limitInTransaction(env);
  const others = await limitOfOthers(env);
  return [
    ...(own === STATEMENT_LIMIT
      ? []
      : [`statement_timeout in a transaction is ${own}, must be ${STATEMENT_LIMIT}`]),
    ...(others === '0'
      ? []
      : [`statement_timeout of the runtime, ${others}, stays on a connection that others share`]),
  ];
}

/** Tasks through PgBouncer in one of its modes. */
export function pooling(databases: DatabasePlatform, bouncer: PgBouncer): Promise<StepResult> {
  const { route, load } = databases;
  return runStep(databases, `PgBouncer, ${bouncer.mode} mode`, async () => {
    route.switchTo(bouncer.port);
    const started = performance.now();
    await load.post(TASKS);
    const perSecond = TASKS / ((performance.now() - started) / 1000);
    const failures = await checkLimits(databases);
    const limit = failures.length === 0 ? `, each statement limited to ${STATEMENT_LIMIT}` : '';
    return { note: `accepted ${perSecond.toFixed(0)}/s${limit}`, failures };
  });
}
