import { stopAll } from '../../testkit/process.ts';
import { migrations } from './migration-step.ts';
import {
  startDatabasePlatform,
  type DatabasePlatform,
} from '../../testkit/postgres/database-platform.ts';
import { pooling } from './pooling.ts';
import { restore } from '../../testkit/postgres/restore.ts';
import { type StepResult, stepTable } from '../../testkit/platform/step.ts';
import { plannedSwitchover, readOnlySwitchover } from './switchover.ts';

type Step = (databases: DatabasePlatform) => Promise<StepResult>;

/** A step in which apps reach the primary itself. */
function withoutPooler(step: Step): Step {
  return (databases) => {
    databases.route.switchTo(databases.primary.port);
    return step(databases);
  };
}

const STEPS: readonly Step[] = [
  (databases) => pooling(databases, databases.bouncers[0]!),
  (databases) => pooling(databases, databases.bouncers[1]!),
  withoutPooler(plannedSwitchover),
  withoutPooler(readOnlySwitchover),
  (databases) => restore(databases, 'dumped server'),
  (databases) => restore(databases, 'new server'),
];

/**
 * Runs the platform on servers of PostgreSQL that are pooled, switched over and restored. Returns what
 * must not be.
 */
export async function verifyDatabases(
  folder: string,
  progress: (text: string) => void,
): Promise<string[]> {
  const results: StepResult[] = [];
  const failures: string[] = [];
  try {
    const databases = await startDatabasePlatform(folder, progress);
    const beside = migrations(databases);
    // What it throws is thrown where it is waited for.
    beside.catch(() => undefined);
    for (const step of STEPS) {
      results.push(await step(databases));
    }
    results.push(await beside);
    databases.load.close();
    await databases.platform.database.end();
  } catch (error) {
    // What comes after it would not mean anything.
    failures.push(`databases: ${(error as Error).message}`);
  } finally {
    console.log(`\n${stepTable(results)}\n`);
    await stopAll();
  }
  return [...results.flatMap((result) => result.failures), ...failures];
}
