import {
  ADD_SUBJECT_KEY_FUNCTION,
  PERSONAL_DATA_ENV,
  SUBJECT_KEYS_FUNCTION,
} from '@cdk8s-event-platform/contracts/interface';
import type { Transaction } from '../database/database.ts';
import { DependencyUnavailableError } from '../errors/failure.ts';
import type { Variables } from '../process/environment.ts';
import { MasterKey, newSubjectKey } from './subject-cipher.ts';

/** Keys of one subject. */
export interface KeyRing {
  /** Keys by version. Those that are erased are null. */
  readonly keys: ReadonlyMap<number, Buffer | null>;
}

/** Version and key that something new is encrypted with; undefined once they are erased. */
export function newestKey({ keys }: KeyRing): { version: number; key: Buffer } | undefined {
  const version = Math.max(...keys.keys());
  const key = keys.get(version);
  return key == null ? undefined : { version, key };
}

interface Row {
  readonly subject: string;
  readonly version: number;
  readonly master: string;
  readonly key: Buffer | null;
}

/**
 * The master keys that the environment names, the current one first; none without personal data.
 *
 * @throws Error for a key that is too short.
 */
export function masterKeys(env: Variables = process.env): readonly MasterKey[] {
  const { key, previousKey } = PERSONAL_DATA_ENV;
  return [env[key], env[previousKey]].flatMap((secret) =>
    secret === undefined || secret === '' ? [] : [new MasterKey(secret)],
  );
}

/** Reads keys of subjects, and gives new subjects one. */
export class SubjectKeys {
  public constructor(private readonly masters: readonly [MasterKey, ...MasterKey[]]) {}

  /**
   * Keys of subjects. Nothing is kept in memory, so that an erasure holds at once.
   *
   * @param create whether a subject without keys gets one.
   * @throws DependencyUnavailableError when a key is encrypted with a master key that the app does not have.
   */
  public async of(
    tx: Pick<Transaction, 'query'>,
    subjects: ReadonlySet<string>,
    create = false,
  ): Promise<ReadonlyMap<string, KeyRing>> {
    const found = await this.#read(tx, [...subjects]);
    const missing = [...subjects].filter((subject) => !found.has(subject));
    if (!create || missing.length === 0) {
      return found;
    }
    const [master] = this.masters;
    // In one order, so that two transactions do not wait for each other.
    for (const subject of missing.sort()) {
      await tx.query(`SELECT ${ADD_SUBJECT_KEY_FUNCTION}($1, $2, $3)`, [
        subject,
        master.id,
        master.wrap(subject, newSubjectKey()),
      ]);
    }
    const added = await this.#read(tx, missing);
    return new Map([...found, ...added]);
  }

  async #read(
    tx: Pick<Transaction, 'query'>,
    subjects: readonly string[],
  ): Promise<ReadonlyMap<string, KeyRing>> {
    const { rows } = await tx.query<Row>(`SELECT * FROM ${SUBJECT_KEYS_FUNCTION}($1)`, [subjects]);
    const rings = new Map<string, { keys: Map<number, Buffer | null> }>();
    for (const row of rows) {
      const ring = rings.get(row.subject) ?? { keys: new Map<number, Buffer | null>() };
      ring.keys.set(row.version, this.#unwrap(row));
      rings.set(row.subject, ring);
    }
    return rings;
  }

  #unwrap({ subject, master: id, key }: Row): Buffer | null {
    if (key === null) {
      return null;
    }
    const master = this.masters.find((each) => each.id === id);
    if (master === undefined) {
      // Once the app has it, everything goes on.
      throw new DependencyUnavailableError(
        `personal data are encrypted with the master key ${id}, which this app does not have: give it as ${PERSONAL_DATA_ENV.previousKey}, or run 'event-platform rotate-keys'`,
      );
    }
    return master.unwrap(subject, key);
  }
}
