import type pg from 'pg';
import { type AppManifest } from '@cdk8s-event-platform/contracts';
import { PLATFORM_MIGRATIONS, sharedTablesOf } from '@cdk8s-event-platform/contracts/interface';
import { runStatement } from './database.ts';
import { describeFailure } from '../errors/failure.ts';

/** Why an image cannot do its work, or undefined when it can. For logs, not for clients. */
export type Readiness = () => Promise<string | undefined>;

/** A sidecar gives up a probe after 500 ms. */
const PROBE_TIMEOUT = 400;
/** Probes of kubelet and sidecar share an answer this long, in milliseconds. */
const SHARED_FOR = 250;

const PROBE = `SELECT current_setting('transaction_read_only') = 'on' AS read_only,
  current_setting('server_encoding') AS encoding,
  ARRAY(SELECT wanted FROM unnest($1::text[]) AS wanted
    WHERE NOT EXISTS (SELECT FROM schema_migrations WHERE name = wanted)) AS missing,
  ARRAY(SELECT wanted FROM unnest($2::text[]) AS wanted
    WHERE NOT (SELECT bool_and(has_table_privilege(to_regclass(wanted), each))
      FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS each)) AS closed`;

interface ProbeRow {
  readonly read_only: boolean;
  readonly encoding: string;
  readonly missing: readonly string[];
  /** Tables that the role may not write to. */
  readonly closed: readonly string[];
}

function problemOf({
  read_only: readOnly,
  encoding,
  missing,
  closed,
}: ProbeRow): string | undefined {
  if (readOnly) {
    return 'the database is read-only: this is a standby, or a primary that was demoted';
  }
  if (encoding !== 'UTF8') {
    return `the database's encoding is ${encoding}: events are Unicode, create it with ENCODING 'UTF8'`;
  }
  if (missing.length > 0) {
    return `migrations not applied: ${missing.join(', ')}`;
  }
  return closed.length === 0
    ? undefined
    : `the role may not write to ${closed.join(', ')}: GRANT it SELECT, INSERT, UPDATE and DELETE`;
}

/**
 * Whether the database takes what the image writes: it answers, is not read-only, keeps Unicode, and
 * has the tables that the image needs. Probes that come while one is under way share its answer, so
 * that a slow database is not asked more often.
 */
export function databaseReadiness(pool: pg.Pool, manifest: AppManifest): Readiness {
  const migrations = [...PLATFORM_MIGRATIONS, ...(manifest.migrations ?? [])].map(
    ({ name }) => name,
  );
  const tables = sharedTablesOf(manifest);
  let current: { readonly since: number; readonly answer: Promise<string | undefined> } | undefined;

  const probe = async (): Promise<string | undefined> => {
    const { rows } = await runStatement<ProbeRow & pg.QueryResultRow>(pool, PROBE, [
      migrations,
      tables,
    ]);
    return problemOf(rows[0]!);
  };
  let running: Promise<string | undefined> | undefined;
  const bounded = async (): Promise<string | undefined> => {
    let timer: NodeJS.Timeout | undefined;
    // One that is not answered is waited for by those that come later: they take no more connections.
    running ??= probe()
      .catch((error: unknown) => `database: ${describeFailure(error)}`)
      .finally(() => {
        running = undefined;
      });
    const timeout = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, PROBE_TIMEOUT, `database silent for ${PROBE_TIMEOUT} ms`);
    });
    try {
      return await Promise.race([running, timeout]);
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
