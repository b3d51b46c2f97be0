import { startPostgres } from '@cdk8s-event-platform/runtime/testing';

/** One PostgreSQL server for all test files. */
export default async function setup(): Promise<() => Promise<void>> {
  const postgres = await startPostgres();
  process.env.DATABASE_URL = postgres.url;
  return () => postgres.remove();
}
