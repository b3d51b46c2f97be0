import type pg from 'pg';
import { type ImageManifest, PLATFORM_MIGRATIONS } from '../../constructs/contracts/index.ts';

/** Why an image cannot do its work, or undefined when it can. */
export type Readiness = () => Promise<string | undefined>;

/** A sidecar gives up a probe after 500 ms. */
const PROBE_TIMEOUT = 400;
/** Probes of kubelet and sidecar share an answer this long, in milliseconds. */
const SHARED_FOR = 250;

/**
 * Whether the database answers and has the tables that the image needs. Probes that come while one
 * is under way share its answer, so that a slow database is not asked more often.
 */
export function databaseReadiness(pool: pg.Pool, manifest: ImageManifest): Readiness {
  const migrations = [...PLATFORM_MIGRATIONS, ...(manifest.migrations ?? [])].map(
    ({ name }) => name,
  );
  let current: { readonly since: number; readonly answer: Promise<string | undefined> } | undefined;

  const probe = async (): Promise<string | undefined> => {
    const applied = await pool.query<{ name: string }>(
      'SELECT name FROM schema_migrations WHERE name = ANY($1)',
      [migrations],
    );
    const names = new Set(applied.rows.map(({ name }) => name));
    const missing = migrations.filter((name) => !names.has(name));
    return missing.length === 0 ? undefined : `migrations not applied: ${missing.join(', ')}`;
  };
  const bounded = async (): Promise<string | undefined> => {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, PROBE_TIMEOUT, `database silent for ${PROBE_TIMEOUT} ms`);
    });
    try {
      return await Promise.race([
        probe().catch((error: unknown) => `database: ${(error as Error).message}`),
        timeout,
      ]);
    } finally {
      clearTimeout(timer);
    }
  };
  return () => {
    const now = Date.now();
    if (current === undefined || now - current.since > SHARED_FOR) {
      current = { since: now, answer: bounded() };
    }
    return current.answer;
  };
}
