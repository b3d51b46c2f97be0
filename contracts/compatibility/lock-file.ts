import { createHash } from 'node:crypto';
import {
  flag,
  listOf,
  mapOf,
  must,
  oneOf,
  optional,
  type Shape,
  shaped,
  shapeProblems,
  text,
} from '../checks.ts';
import { DELIVERIES } from '../delivery.ts';
import { isObject } from '../subschemas.ts';
import type { LockedContract, LockedVersions } from './locked-contract.ts';
import { COMPATIBILITY_MODES } from './option.ts';
import { compareVersions } from './version.ts';

/** Name of the file, beside `cdk8s.yaml`. */
export const LOCK_FILE = 'contracts.lock.json';

/** Versions of contracts that were used before, by type. */
export type ContractLock = Readonly<Record<string, LockedVersions>>;

const LOCKFILE_VERSION = 1;
const RESTORE = 'restore it from version control, and run event-platform contracts';

const ENTRY: Shape<LockedContract & { readonly digest: string }> = {
  topic: text,
  key: (what, value) => (Array.isArray(value) ? listOf(text) : text)(what, value),
  ordered: flag,
  command: optional(flag),
  delivery: optional(oneOf(...DELIVERIES)),
  subject: optional(text),
  compatibility: oneOf(...COMPATIBILITY_MODES),
  policy: oneOf('strict', 'lenient'),
  schema: must(isObject, 'must be a JSON Schema'),
  digest: text,
};
const FILE: Shape<{ readonly lockfileVersion: number; readonly contracts: ContractLock }> = {
  lockfileVersion: () => [],
  contracts: mapOf(mapOf(shaped(ENTRY))),
};

/** A value with the names of its objects in their order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  return isObject(value)
    ? Object.fromEntries(
        Object.keys(value)
          .sort()
          .map((name) => [name, sorted(value[name])]),
      )
    : value;
}

/** Tells an entry that was edited by hand. */
function digestOf(type: string, version: string, entry: LockedContract): string {
  const content = JSON.stringify(sorted({ type, version, ...entry }));
  return `sha256-${createHash('sha256').update(content).digest('hex')}`;
}

/** The text of a lock file: the same bytes for the same contracts. */
export function lockText(lock: ContractLock): string {
  const entries = (type: string, versions: LockedVersions) =>
    Object.keys(versions)
      .sort(compareVersions)
      .map((version) => {
        const entry = versions[version]!;
        const { schema, ...rest } = entry;
        const digest = digestOf(type, version, entry);
        return [version, { ...rest, schema: sorted(schema), digest }] as const;
      });
  const contracts = Object.fromEntries(
    Object.keys(lock)
      .sort()
      .map((type) => [type, Object.fromEntries(entries(type, lock[type]!))] as const),
  );
  return `${JSON.stringify({ lockfileVersion: LOCKFILE_VERSION, contracts }, null, 2)}\n`;
}

/**
 * Reads a lock file.
 *
 * @param file its name, for messages.
 * @throws Error that says what is wrong with it, and how to get a right one.
 */
export function parseLock(content: string, file: string): ContractLock {
  const conflict = content.split('\n').findIndex((line) => /^(?:<{7}|={7}|>{7})(?: |$)/.test(line));
  if (conflict >= 0) {
    throw new Error(
      `${file} has the marker of a merge conflict in line ${conflict + 1}: take one side with git checkout --ours or --theirs, and run event-platform contracts, which adds what is missing`,
    );
  }
  const parsed = jsonOf(content, file);
  const found = isObject(parsed) ? parsed.lockfileVersion : undefined;
  if (found !== LOCKFILE_VERSION) {
    throw new Error(
      `${file} has lockfileVersion (${String(found)}) and must have ${LOCKFILE_VERSION}: ${Number(found) > LOCKFILE_VERSION ? 'a newer version has written it, update the packages of cdk8s-event-platform' : RESTORE}`,
    );
  }
  const wrong = shapeProblems(parsed, FILE);
  if (wrong.length > 0) {
    throw new Error(`${file} is not a lock file of contracts: ${wrong.join('; ')}: ${RESTORE}`);
  }
  const { contracts } = parsed as { readonly contracts: ContractLock };
  const lock: Record<string, LockedVersions> = {};
  for (const [type, versions] of Object.entries(contracts)) {
    lock[type] = Object.fromEntries(
      Object.entries(versions).map(([version, entry]) => [
        version,
        checked(entry as LockedContract & { digest: string }, type, version, file),
      ]),
    );
  }
  return lock;
}

function jsonOf(content: string, file: string): unknown {
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new Error(`${file} is not JSON (${(error as Error).message}): ${RESTORE}`, {
      cause: error,
    });
  }
}

function checked(
  { digest, ...entry }: LockedContract & { readonly digest: string },
  type: string,
  version: string,
  file: string,
): LockedContract {
  if (!/^\d+\.\d+\.\d+$/.test(version) || digestOf(type, version, entry) !== digest) {
    throw new Error(
      `${file}: ${version} of '${type}' was edited by hand: ${RESTORE}; a change belongs into the contract`,
    );
  }
  return entry;
}
