import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkMigrations } from './migrations.ts';
import type { DatabasePlatform } from './platform.ts';
import { runStep, type StepResult } from './step.ts';

/** Runs the rendered script on a server or a pooler in front of it. Returns what must not be. */
async function check(
  { platform, place, primary, progress }: DatabasePlatform,
  name: string,
  port: number,
  pooled: boolean,
): Promise<string[]> {
  const [job] = platform.manifests.only('Job', 'postgres-migrations').spec.template.spec.containers;
  const folder = join(place.folder, `migrations-${name}`);
  mkdirSync(folder);
  const problems = await checkMigrations({
    env: { ...primary.env, PGPORT: String(port) },
    folder,
    script: job.command.at(-1)!,
    progress: (text) => progress(`${name}: ${text}`),
    pooled,
  });
  return problems.map((problem) => `${name}: ${problem}`);
}

/**
 * The rendered script of the migrations, run for whatever may go wrong, beside a platform that runs: at
 * the server and through PgBouncer, at the same time, since most of it waits.
 */
export function migrations(databases: DatabasePlatform): Promise<StepResult> {
  const { primary, bouncers } = databases;
  const [bouncer] = bouncers;
  return runStep(databases, 'migrations', async () => {
    const problems = await Promise.all([
      check(databases, 'direct', primary.port, false),
      check(databases, bouncer!.process.spec.name, bouncer!.port, true),
    ]);
    return { note: 'directly and through PgBouncer', failures: problems.flat() };
  });
}
