import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkMigrations } from './migrations.ts';
import { startPgBouncer } from '../../testkit/postgres/pgbouncer.ts';
import type { DatabasePlatform } from '../../testkit/postgres/database-platform.ts';
import { DatabaseServer } from '../../testkit/postgres/server.ts';
import type { StepResult } from '../../testkit/platform/step.ts';

/** Where the script is run. */
interface Target {
  readonly name: string;
  readonly port: number;
  readonly pooled: boolean;
}

/** Runs the rendered script on a server, or through a pooler in front of it. Returns what must not be. */
async function check(
  { platform, place, progress }: DatabasePlatform,
  server: DatabaseServer,
  { name, port, pooled }: Target,
): Promise<string[]> {
  const [job] = platform.manifests.only('Job', 'postgres-migrations').spec.template.spec.containers;
  const folder = join(place.folder, `migrations-${name}`);
  mkdirSync(folder);
  const problems = await checkMigrations({
    env: { ...server.env, PGPORT: String(port) },
    folder,
    script: job.command.at(-1)!,
    progress: (text) => progress(`${name}: ${text}`),
    pooled,
  });
  return problems.map((problem) => `migrations, ${name}: ${problem}`);
}

/**
 * The rendered script of the migrations, run for whatever may go wrong, directly and through PgBouncer.
 * It has a server of its own, so that it runs beside other steps: most of the time it waits.
 */
export async function migrations(databases: DatabasePlatform): Promise<StepResult> {
  const { place } = databases;
  const started = performance.now();
  const server = await (await DatabaseServer.create('postgres-migrations', place)).start();
  const bouncer = await startPgBouncer('transaction', server, place);
  const failures = await Promise.all([
    check(databases, server, { name: 'direct', port: server.port, pooled: false }),
    check(databases, server, { name: 'pooled', port: bouncer.port, pooled: true }),
  ]);
  await bouncer.process.stop();
  await server.stop();
  return {
    name: 'migrations, beside the other steps',
    tasks: 0,
    seconds: (performance.now() - started) / 1000,
    lost: 0,
    doubled: 0,
    outOfOrder: 0,
    note: 'directly and through PgBouncer',
    failures: failures.flat(),
  };
}
