import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkMigrations } from './migrations.ts';
import type { DatabasePlatform } from './platform.ts';
import { runStep, type StepResult } from './step.ts';

/** The rendered script of the migrations, run for whatever may go wrong, beside a platform that runs. */
export function migrations(
  databases: DatabasePlatform,
  name: string,
  { port, pooled }: { readonly port: number; readonly pooled: boolean },
): Promise<StepResult> {
  const { platform, place, primary, progress } = databases;
  return runStep(databases, name, async () => {
    const [job] = platform.manifests.only('Job', 'postgres-migrations').spec.template.spec
      .containers;
    const folder = join(place.folder, `${primary.name}-migrations-${port}`);
    mkdirSync(folder);
    const failures = await checkMigrations({
      env: { ...primary.env, PGPORT: String(port) },
      folder,
      script: job.command.at(-1)!,
      progress,
      pooled,
    });
    return { note: 'as it must be', failures };
  });
}
