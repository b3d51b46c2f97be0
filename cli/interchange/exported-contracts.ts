import type { EventContract } from '@cdk8s-event-platform/contracts';
import { contractDifferences } from '@cdk8s-event-platform/contracts/internal';
import type { EventPlatform } from 'cdk8s-event-platform';
import { topicsOf } from '../scaffold/rendered.ts';

/**
 * The contracts of platforms, by type.
 *
 * @throws Error when platforms have different ones of a type and version.
 */
export function exportedContracts(platforms: readonly EventPlatform[]): EventContract[] {
  const found = new Map<string, EventContract>();
  const contracts = platforms
    .flatMap((platform) => topicsOf({ platform }))
    .flatMap((topic) => topic.contracts);
  for (const contract of contracts) {
    const { type, version } = contract;
    const other = found.get(`${type} ${version}`);
    const differences = other === undefined ? [] : contractDifferences(other, contract);
    if (differences.length > 0) {
      throw new Error(
        `environments have two contracts of '${type}' ${version}, which differ in ${differences.join(', ')}: name one environment`,
      );
    }
    found.set(`${type} ${version}`, contract);
  }
  return [...found]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([, contract]) => contract);
}
