import type { IConstruct } from 'constructs';
import { majorOf } from '@cdk8s-event-platform/contracts/interface';
import { type EventContract } from '@cdk8s-event-platform/contracts';
import {
  consumerProblems,
  keptDifferences,
  listed,
  nextMajor,
  versionProblems,
} from '@cdk8s-event-platform/contracts/compatibility/internal';
import { coded, contractDifferences, type Problem } from '@cdk8s-event-platform/contracts/internal';
import { EventPlatform } from '../platform/event-platform.ts';

/** The contracts that a construct uses. */
export interface ContractUses {
  /** Contracts whose events it publishes. */
  readonly publishes?: readonly EventContract[];
  /** Contracts whose events it receives. */
  readonly subscribes?: readonly EventContract[];
  /** Contracts that it names without either. */
  readonly names?: readonly EventContract[];
}

/** What a construct does with a contract. */
type Role = keyof ContractUses;

/** A contract, and the first construct that uses it in this way. */
interface Use {
  readonly contract: EventContract;
  readonly role: Role;
  readonly path: string;
}

/** What is used of one type: one use for each version and role, and all apps that receive it, by major. */
interface TypeUses {
  readonly uses: Map<string, Use>;
  readonly consumers: Map<number, Set<string>>;
}

const known = new WeakMap<EventPlatform, Map<string, TypeUses>>();

function usesOf(scope: IConstruct): Map<string, TypeUses> {
  const platform = EventPlatform.of(scope);
  const found = known.get(platform) ?? new Map<string, TypeUses>();
  if (!known.has(platform)) {
    known.set(platform, found);
    const { contractLock: lock } = platform;
    if (lock !== undefined) {
      platform.node.addValidation({
        validate: () =>
          [...found].flatMap(([type, uses]) => lockedProblems(uses, lock[type] ?? {})),
      });
    }
  }
  return found;
}

function roles(uses: ContractUses): Pick<Use, 'contract' | 'role'>[] {
  return (['publishes', 'subscribes', 'names'] as const).flatMap((role) =>
    (uses[role] ?? []).map((contract) => ({ contract, role })),
  );
}

/** Everything in which contracts do not go together with those that other constructs of the platform use. */
export function disagreements(scope: IConstruct, uses: ContractUses): Problem[] {
  const types = usesOf(scope);
  return roles(uses)
    .flatMap((own) =>
      [...(types.get(own.contract.type)?.uses.values() ?? [])].flatMap((other) =>
        betweenProblems({ ...own, path: scope.node.path }, other),
      ),
    )
    .filter((problem, index, all) => all.indexOf(problem) === index);
}

/** Notes the contracts of a construct, which others have to go together with. */
export function useContracts(scope: IConstruct, uses: ContractUses, appId?: string): void {
  const types = usesOf(scope);
  for (const { contract, role } of roles(uses)) {
    const { type, version } = contract;
    const found = types.get(type) ?? {
      uses: new Map<string, Use>(),
      consumers: new Map<number, Set<string>>(),
    };
    types.set(type, found);
    const key = `${version} ${role}`;
    if (!found.uses.has(key)) {
      found.uses.set(key, { contract, role, path: scope.node.path });
    }
    if (role === 'subscribes' && appId !== undefined) {
      const major = majorOf(version);
      found.consumers.set(major, (found.consumers.get(major) ?? new Set<string>()).add(appId));
    }
  }
}

/** What is wrong between two uses of one type. Majors have nothing to do with each other. */
function betweenProblems(own: Use, other: Use): Problem[] {
  const { type, version } = own.contract;
  const { contract, path } = other;
  const before = `what '${path}' uses`;
  if (own.contract === contract) {
    return [];
  }
  if (version === contract.version) {
    const differences = contractDifferences(own.contract, contract);
    return coded(
      'EP2003',
      differences.length > 0 &&
        `event '${type}' differs from ${before} in ${differences.join(', ')}: use one contract in all apps of the platform, or give a change a higher version`,
    );
  }
  if (majorOf(version) !== majorOf(contract.version)) {
    return [];
  }
  const kept = keptDifferences(own.contract, contract);
  if (kept.length > 0) {
    return coded(
      'EP2008',
      `event '${type}' ${version} differs from ${contract.version}, ${before}, in ${kept.join(', ')}: within a major they stay, use ${nextMajor(version)} on a new topic`,
    );
  }
  return own.role === 'publishes' && other.role === 'subscribes'
    ? writtenProblems(own, other)
    : own.role === 'subscribes' && other.role === 'publishes'
      ? writtenProblems(other, own)
      : [];
}

/** What an app may publish and another one does not accept. */
function writtenProblems(publisher: Use, consumer: Use): Problem[] {
  const fields = consumerProblems(publisher.contract, consumer.contract);
  const { type, version } = publisher.contract;
  return coded(
    'EP2008',
    fields.length > 0 &&
      `event '${type}' ${version}, which '${publisher.path}' publishes, is not accepted by ${consumer.contract.version}, which '${consumer.path}' subscribes to: ${listed(fields)}: have both use one version, change the schemas so that both accept it, or publish ${nextMajor(version)} on a new topic`,
  );
}

/** What is wrong with the versions of one type beside those that were used before. */
function lockedProblems(
  { uses, consumers }: TypeUses,
  locked: Parameters<typeof versionProblems>[1],
): string[] {
  const byVersion = new Map<string, Use>();
  for (const use of uses.values()) {
    byVersion.set(use.contract.version, byVersion.get(use.contract.version) ?? use);
  }
  const declared = [...byVersion.values()].map(({ contract }) => ({
    contract,
    consumers: [...(consumers.get(majorOf(contract.version)) ?? [])].sort(),
  }));
  return [...versionProblems(declared, locked)].flatMap(([contract, problems]) =>
    problems.map((problem) => `${byVersion.get(contract.version)!.path}: ${problem}`),
  );
}
