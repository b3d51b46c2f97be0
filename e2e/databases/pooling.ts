import pg from 'pg';
import { createLogger, inTransaction, openDatabase } from '../../app-images/runtime/internal.ts';
import type { PgBouncer } from '../../testkit/postgres/pgbouncer.ts';
import type { DatabasePlatform } from '../../testkit/postgres/database-platform.ts';
import { runStep, type StepResult } from '../../testkit/platform/step.ts';

const TASKS = 600;
/** Longest time that the runtime gives a statement, in milliseconds. */
const STATEMENT_LIMIT = 30_000;
const ASK = `SELECT setting::int AS milliseconds FROM pg_settings WHERE name = 'statement_timeout'`;

interface Setting {
  readonly milliseconds: number;
}

/** The limit inside a transaction of a pool as apps open it, which libpq's variables lead to the route. */
async function limitInTransaction(env: Readonly<Record<string, string>>): Promise<number> {
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
      return rows[0]!.milliseconds;
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
async function limitOfOthers(env: Readonly<Record<string, string>>): Promise<number> {
  const client = new pg.Client({
    host: env.PGHOST!,
    port: Number(env.PGPORT),
    user: env.PGUSER!,
    password: env.PGPASSWORD!,
    database: env.PGDATABASE!,
  });
  await client.connect();
  try {
    return (await client.query<Setting>(ASK)).rows[0]!.milliseconds;
  } finally {
    await client.end();
  }
}

/** The limit in a transaction, and what is wrong. */
async function checkLimits({
  platform,
}: DatabasePlatform): Promise<{ limit: number; failures: string[] }> {
  const { env } = platform.postgres;
  const limit = await limitInTransaction(env);
  const others = await limitOfOthers(env);
  return {
    limit,
    failures: [
      ...(limit > 0 && limit <= STATEMENT_LIMIT
        ? []
        : [
            `statement_timeout in a transaction is ${limit} ms, must be at most ${STATEMENT_LIMIT}`,
          ]),
      ...(others === 0
        ? []
        : [`statement_timeout of the runtime, ${others} ms, stays on a connection of others`]),
    ],
  };
}

/** Tasks through PgBouncer in one of its modes. */
export function pooling(databases: DatabasePlatform, bouncer: PgBouncer): Promise<StepResult> {
  const { route, load } = databases;
  return runStep(databases, `PgBouncer, ${bouncer.mode} mode`, async () => {
    route.switchTo(bouncer.port);
    const started = performance.now();
    await load.post(TASKS);
    const perSecond = TASKS / ((performance.now() - started) / 1000);
    const { limit, failures } = await checkLimits(databases);
    return {
      note: `accepted ${perSecond.toFixed(0)}/s, statement_timeout ${limit / 1000} s in a transaction`,
      failures,
    };
  });
}
