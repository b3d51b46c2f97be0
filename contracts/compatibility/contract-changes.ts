import { firstDifference, isSame, shownValue } from '../contract-differences.ts';
import { coded, type Problem } from '../error-codes.ts';
import type { EventContract } from '../event-contract.ts';
import { schemaIncompatibilities } from './compare-schemas.ts';
import { lockedContract, type LockedContract, type LockedVersions } from './locked-contract.ts';
import { compatibilityOf } from './option.ts';
import type { Incompatibility } from './report.ts';
import { majorOf } from '../interface/event-version.ts';
import { compareVersions, nextMajor, nextMinor } from './version.ts';

/** A contract that apps use, with the ids of those that subscribe to its type. */
export interface DeclaredContract {
  readonly contract: EventContract;
  readonly consumers: readonly string[];
}

/** Most fields that one message names. */
const MAX_FIELDS = 5;

/**
 * Every reason why versions of one type must not be published beside those that are locked, by version.
 *
 * @param declared versions that apps use.
 * @param locked versions that were used before.
 */
export function versionProblems(
  declared: readonly DeclaredContract[],
  locked: LockedVersions,
): ReadonlyMap<EventContract, readonly Problem[]> {
  const known: Record<string, LockedContract> = { ...locked };
  const found = new Map<EventContract, readonly Problem[]>();
  const ascending = [...declared].sort((a, b) =>
    compareVersions(a.contract.version, b.contract.version),
  );
  for (const each of ascending) {
    const problems = problemsOf(each, known);
    if (problems.length > 0) {
      found.set(each.contract, problems);
    }
    known[each.contract.version] ??= lockedContract(each.contract);
  }
  return found;
}

function problemsOf(declared: DeclaredContract, known: LockedVersions): Problem[] {
  const { contract } = declared;
  const { type, version } = contract;
  const same = known[version];
  const versions = Object.keys(known).sort(compareVersions);
  const ofMajor = versions.filter((each) => majorOf(each) === majorOf(version));
  const name = `event '${type}' ${version}`;
  if (same !== undefined) {
    return changedInPlace(name, contract, same, ofMajor.at(-1)!);
  }
  const newest = ofMajor.at(-1) ?? versions.find((each) => majorOf(each) > majorOf(version));
  if (newest !== undefined && compareVersions(version, newest) < 0) {
    return coded(
      'EP2009',
      `${name} is unknown: it is lower than ${newest}, and not among the locked versions (${versions.join(', ')}): use one of these, or ${nextMinor(newest)} for a change`,
    );
  }
  return ofMajor.length === 0
    ? []
    : [
        ...movedProblems(name, contract, known[ofMajor.at(-1)!]!, ofMajor.at(-1)!),
        ...comparisonProblems(declared, ofMajor, known),
      ];
}

/** What differs under a version that is locked already. */
function changedInPlace(
  name: string,
  contract: EventContract,
  locked: LockedContract,
  newest: string,
): Problem[] {
  const place = firstDifference(contract.schema, locked.schema, '#');
  return [
    ...movedProblems(name, contract, locked, contract.version),
    ...coded(
      'EP2009',
      place !== undefined &&
        `${name} has another schema than the one that is locked as ${contract.version} (at ${place}): a changed schema needs a higher version, use ${nextMinor(newest)}`,
    ),
  ];
}

/** What must stay within a major, whatever the mode is. */
function movedProblems(
  name: string,
  contract: EventContract,
  locked: LockedContract,
  version: string,
): Problem[] {
  return keptDifferences(contract, locked).flatMap((difference) =>
    coded(
      'EP2008',
      `${name} changes ${difference} of ${version}: within a major it stays, use ${nextMajor(version)} on a new topic`,
    ),
  );
}

/** What stays within a major. */
type KeptFields = Pick<LockedContract, 'topic' | 'key' | 'subject'> &
  Pick<EventContract, 'ordered' | 'command' | 'delivery'>;

/** What two versions of a major differ in, and must not, with both values. */
export function keptDifferences(one: KeptFields, other: KeptFields): string[] {
  const [values, valuesBefore] = [one, other].map(
    ({
      topic,
      key,
      ordered = false,
      subject = key,
      command = false,
      delivery = 'effect-once',
    }) => ({
      ...{ topic, key, ordered, subject, command, delivery },
    }),
  ) as [Required<KeptFields>, Required<KeptFields>];
  return (['topic', 'key', 'ordered', 'subject', 'command', 'delivery'] as const).flatMap(
    (field) => {
      const [value, before] = [values[field], valuesBefore[field]];
      return isSame(value, before)
        ? []
        : [`${field} (${shownValue(value)}, and ${shownValue(before)})`];
    },
  );
}

function comparisonProblems(
  { contract, consumers }: DeclaredContract,
  earlier: readonly string[],
  known: LockedVersions,
): Problem[] {
  const { type, version, schema } = contract;
  const { mode, policy } = compatibilityOf(contract);
  const compared = mode.endsWith('-transitive') ? earlier : earlier.slice(-1);
  const directions = (['backward', 'forward'] as const).filter(
    (direction) => mode.startsWith(direction) || mode.startsWith('full'),
  );
  return compared.flatMap((other) =>
    directions.flatMap((direction) => {
      const pair = [known[other]!.schema, schema] as const;
      const [writer, reader] = direction === 'backward' ? pair : [pair[1], pair[0]];
      const fields = schemaIncompatibilities(writer, reader, policy);
      const [from, to] = direction === 'backward' ? [other, version] : [version, other];
      return coded(
        'EP2008',
        fields.length > 0 &&
          `event '${type}' ${version} is not ${direction} compatible with ${other}: consumers of ${to}${those(consumers)} would reject data of ${from}, in which ${listed(fields)}: change the schema so that both accept it, or use ${nextMajor(version)} on a new topic and upcast ${majorOf(version)}.x`,
      );
    }),
  );
}

function those(consumers: readonly string[]): string {
  return consumers.length === 0
    ? ' (none is declared here)'
    : ` (${consumers.map((appId) => `'${appId}'`).join(', ')})`;
}

/** Fields with what is wrong with them. */
export function listed(fields: readonly Incompatibility[]): string {
  const rest = fields.length - MAX_FIELDS;
  return [
    ...fields.slice(0, MAX_FIELDS).map(({ path, problem }) => `${path} ${problem}`),
    ...(rest > 0 ? [`${rest} more`] : []),
  ].join('; ');
}

/** What was found between contracts: the same pair is asked for by each app. */
const compared = new WeakMap<EventContract, WeakMap<EventContract, readonly Incompatibility[]>>();

/** What a publisher may write and a consumer does not accept; empty when it accepts all. */
export function consumerProblems(
  published: EventContract,
  consumed: EventContract,
): readonly Incompatibility[] {
  const byConsumed =
    compared.get(published) ?? new WeakMap<EventContract, readonly Incompatibility[]>();
  compared.set(published, byConsumed);
  const policies = [published, consumed].map((contract) => compatibilityOf(contract).policy);
  const found =
    byConsumed.get(consumed) ??
    schemaIncompatibilities(
      published.schema,
      consumed.schema,
      policies.includes('strict') ? 'strict' : 'lenient',
    );
  byConsumed.set(consumed, found);
  return found;
}
