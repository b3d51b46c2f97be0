import type pg from 'pg';
import type { AppManifest } from '@cdk8s-event-platform/contracts';
import { createDatabase as create, type TestDatabase } from '../runtime/testing/database.ts';
import { TEST_LOGIN } from '../runtime/testing/postgres.ts';

export type { TestDatabase };

/** Databases by the pool of their owner. */
const DATABASES = new WeakMap<pg.Pool, TestDatabase>();

/** Creates a database on the server at a port of this machine. */
export async function createDatabase(
  port: number,
  manifests: readonly AppManifest[],
): Promise<TestDatabase> {
  const { user, password } = TEST_LOGIN;
  const url = `postgresql://${user}:${password}@127.0.0.1:${port}/postgres`;
  const database = await create(manifests, { url });
  DATABASES.set(database.pool, database);
  return database;
}

/** The pool of an app, with its rights alone, where the owner's is of a database that has the app. */
export function poolOfApp(owner: pg.Pool, appId: string): pg.Pool {
  try {
    return DATABASES.get(owner)?.poolOf(appId) ?? owner;
  } catch {
    return owner;
  }
}
