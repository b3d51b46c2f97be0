import type pg from 'pg';
import {
  ERASE_SUBJECT_FUNCTION,
  ERASURE_FUNCTION,
  ERASURES_TABLE,
  SUBJECT_KEYS_FUNCTION,
  SUBJECT_KEYS_TABLE,
} from '@cdk8s-event-platform/contracts/interface';
import { inTransaction, runStatement } from '../database/database.ts';
import { type MasterKey, newSubjectKey } from '../sealing/subject-cipher.ts';

/** What is known of the erasure of a subject. */
export interface Erasure {
  /** When it was erased; undefined while it is not. */
  readonly erasedAt: Date | undefined;
  /** Keys that there are. */
  readonly keys: number;
  /** Apps that have erased what they kept of it. */
  readonly apps: readonly string[];
}

/**
 * What operators do with the keys of people. Erasing needs the rights of the dead-letter processor, the rest those of
 * the owner.
 */
export class KeyStore {
  public constructor(private readonly pool: pg.Pool) {}

  /**
   * Deletes the keys of a subject, and tells the apps to erase what they keep of it. Doing it again changes nothing.
   *
   * @returns how many keys were deleted.
   */
  public async erase(subject: string): Promise<number> {
    const { rows } = await runStatement<{ keys: string }>(
      this.pool,
      `SELECT ${ERASE_SUBJECT_FUNCTION}($1) AS keys`,
      [subject],
    );
    return Number(rows[0]!.keys);
  }

  /** What is known of the erasure of a subject. */
  public async erasure(subject: string): Promise<Erasure> {
    const { rows } = await runStatement<{ erased_at: Date | null; keys: number; apps: string[] }>(
      this.pool,
      `SELECT * FROM ${ERASURE_FUNCTION}($1)`,
      [subject],
    );
    const [{ erased_at: erasedAt, keys, apps }] = rows as [(typeof rows)[number]];
    return { erasedAt: erasedAt ?? undefined, keys, apps };
  }

  /** Number of keys by the id of the master key that they are encrypted with. */
  public async keysByMaster(): Promise<ReadonlyMap<string, number>> {
    const { rows } = await runStatement<{ master: string; keys: number }>(
      this.pool,
      `SELECT master, count(*)::int AS keys FROM ${SUBJECT_KEYS_TABLE}
       WHERE key IS NOT NULL GROUP BY master ORDER BY master`,
      [],
    );
    return new Map(rows.map(({ master, keys }) => [master, keys]));
  }

  /**
   * Encrypts keys of subjects with the current master key, a few at a time.
   *
   * @param masters the current one first, and those that keys may be encrypted with.
   * @returns how many there were: 0 when all are done.
   * @throws Error for a key that none of the master keys decrypts; those before it are done.
   */
  public rewrap(masters: readonly [MasterKey, ...MasterKey[]], limit = 500): Promise<number> {
    const [current, ...previous] = masters;
    return inTransaction(this.pool, async (tx) => {
      const { rows } = await tx.query<Row>(
        `SELECT subject, version, master, key FROM ${SUBJECT_KEYS_TABLE}
         WHERE key IS NOT NULL AND master <> $1 ORDER BY subject, version LIMIT ${limit} FOR UPDATE`,
        [current.id],
      );
      const unknown = rows.find(({ master }) => !previous.some(({ id }) => id === master));
      if (unknown !== undefined) {
        throw new Error(
          `keys are encrypted with the master key ${unknown.master}, which is not given: give it as PERSONAL_DATA_PREVIOUS_KEY`,
        );
      }
      const rewrapped = rows.map(({ subject, master, key }) =>
        current.wrap(subject, previous.find(({ id }) => id === master)!.unwrap(subject, key)),
      );
      await tx.query(
        `UPDATE ${SUBJECT_KEYS_TABLE} k SET master = $1, key = new.key
         FROM unnest($2::text[], $3::integer[], $4::bytea[]) AS new (subject, version, key)
         WHERE k.subject = new.subject AND k.version = new.version`,
        [
          current.id,
          rows.map(({ subject }) => subject),
          rows.map(({ version }) => version),
          rewrapped,
        ],
      );
      return rows.length;
    });
  }

  /** The time of the database, which that of keys is compared with. */
  public async now(): Promise<Date> {
    const { rows } = await runStatement<{ now: Date }>(this.pool, 'SELECT now()', []);
    return rows[0]!.now;
  }

  /**
   * Gives subjects a new key, a few at a time, that further events are encrypted with. What is there is still read by
   * the old ones.
   *
   * @param since subjects whose newest key is older get one.
   * @returns how many got one: 0 when all are done.
   */
  public renew(master: MasterKey, since: Date, limit = 500): Promise<number> {
    return inTransaction(this.pool, async (tx) => {
      const { rows: found } = await tx.query<{ subject: string }>(
        `SELECT subject FROM ${SUBJECT_KEYS_TABLE} k
         WHERE NOT EXISTS (SELECT FROM ${ERASURES_TABLE} e WHERE e.subject = k.subject)
         GROUP BY subject HAVING max(created_at) < $1 ORDER BY subject LIMIT ${limit}`,
        [since],
      );
      const subjects = found.map(({ subject }) => subject);
      // Those that are erased until this has their locks are left out below.
      await tx.query(`SELECT count(*) FROM ${SUBJECT_KEYS_FUNCTION}($1)`, [subjects]);
      const { rowCount } = await tx.query(
        `INSERT INTO ${SUBJECT_KEYS_TABLE} (subject, version, master, key)
         SELECT subject, (SELECT max(version) + 1 FROM ${SUBJECT_KEYS_TABLE} k WHERE k.subject = new.subject), $1, key
         FROM unnest($2::text[], $3::bytea[]) AS new (subject, key)
         WHERE NOT EXISTS (SELECT FROM ${ERASURES_TABLE} e WHERE e.subject = new.subject)`,
        [master.id, subjects, subjects.map((subject) => master.wrap(subject, newSubjectKey()))],
      );
      return rowCount ?? 0;
    });
  }
}

interface Row {
  readonly subject: string;
  readonly version: number;
  readonly master: string;
  readonly key: Buffer;
}
