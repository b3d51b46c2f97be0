import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { createDatabase as create, type TestDatabase } from '../runtime/testing/database.ts';
import { TEST_LOGIN } from '../runtime/testing/postgres.ts';

export type { TestDatabase };

/** Creates a database on the server at a port of this machine. */
export function createDatabase(
  port: number,
  manifests: readonly AppManifest[],
): Promise<TestDatabase> {
  const { user, password } = TEST_LOGIN;
  return create(manifests, { url: `postgresql://${user}:${password}@127.0.0.1:${port}/postgres` });
}
