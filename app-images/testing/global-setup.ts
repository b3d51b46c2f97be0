import type { TestProject } from 'vitest/node';
import { startPostgres } from '../runtime/testing/postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Port of the PostgreSQL server that all test files share. */
    postgresPort: number;
    /** Connection string of the same server. */
    postgresUrl: string;
  }
}

/** Starts one PostgreSQL server for the whole test run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const postgres = await startPostgres();
  project.provide('postgresPort', postgres.port);
  project.provide('postgresUrl', postgres.url);
  return () => postgres.remove();
}
