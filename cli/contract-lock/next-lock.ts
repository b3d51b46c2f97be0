import { majorOf } from '@cdk8s-event-platform/contracts/interface';
import {
  type ContractLock,
  type DeclaredContract,
  isSameLocked,
  lockedContract,
  type LockedVersions,
  versionProblems,
} from '@cdk8s-event-platform/contracts/compatibility/internal';

/** A version of a type. */
export interface TypeVersion {
  readonly type: string;
  readonly version: string;
}

/** What becomes of a lock file. */
export interface NextLock {
  readonly lock: ContractLock;
  /** Versions that are locked now. */
  readonly added: readonly TypeVersion[];
  /** Versions whose mode or policy of compatibility is another one now. */
  readonly changed: readonly TypeVersion[];
  /** Versions of majors that no app lists. */
  readonly retired: readonly TypeVersion[];
  /** Why contracts must not be locked; then the other fields say what would be. */
  readonly problems: readonly string[];
}

/**
 * What becomes of a lock file with the contracts that apps list.
 *
 * @param prune whether majors that no app lists are removed.
 */
export function nextLock(
  declared: ReadonlyMap<string, readonly DeclaredContract[]>,
  locked: ContractLock,
  prune: boolean,
): NextLock {
  const lock: Record<string, LockedVersions> = {};
  const [added, changed, retired]: [TypeVersion[], TypeVersion[], TypeVersion[]] = [[], [], []];
  const problems: string[] = [];
  for (const type of [...new Set([...Object.keys(locked), ...declared.keys()])].sort()) {
    const contracts = declared.get(type) ?? [];
    const before = locked[type] ?? {};
    const majors = new Set(contracts.map(({ contract }) => majorOf(contract.version)));
    const unused = Object.keys(before).filter((version) => !majors.has(majorOf(version)));
    retired.push(...unused.map((version) => ({ type, version })));
    problems.push(...[...versionProblems(contracts, before).values()].flat());
    const versions = Object.fromEntries(
      Object.entries(before).filter(([version]) => !(prune && unused.includes(version))),
    );
    for (const { contract } of contracts) {
      const { version } = contract;
      const now = lockedContract(contract);
      const known = before[version];
      if (known === undefined) {
        added.push({ type, version });
      } else if (!isSameLocked(now, known)) {
        changed.push({ type, version });
      }
      versions[version] = now;
    }
    if (Object.keys(versions).length > 0) {
      lock[type] = versions;
    }
  }
  return { lock, added, changed, retired, problems };
}
