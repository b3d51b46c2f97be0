import type { TestProject } from 'vitest/node';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Port of the PostgreSQL server that all test files share. */
    postgresPort: number;
  }
}

/** Starts one PostgreSQL server for the whole test run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres();
  // The package of the server ends a process that has nothing left to do with 0, whatever tests came to.
  process.prependListener('beforeExit', () => process.exit());
  project.provide('postgresPort', postgres.port);
  return () => postgres.remove();
}
