import type { EventContract } from '@cdk8s-event-platform/contracts';
import { majorOf } from '@cdk8s-event-platform/contracts/interface';
import { type DeclaredContract } from '@cdk8s-event-platform/contracts/compatibility/internal';
import { contractDifferences, versionedContracts } from '@cdk8s-event-platform/contracts/internal';
import type { EventPlatform } from 'cdk8s-event-platform';
import { appsOf } from '../scaffold/rendered.ts';

/**
 * The contracts that the apps of platforms list, each version of a type once, by type.
 *
 * @throws Error when platforms describe one version in different ways.
 */
export function declaredContracts(
  platforms: readonly EventPlatform[],
): ReadonlyMap<string, readonly DeclaredContract[]> {
  const manifests = platforms.flatMap((platform) =>
    appsOf({ platform }).map((app) => app.manifest),
  );
  const versions = new Map<string, Map<string, EventContract>>();
  for (const contract of manifests.flatMap((manifest) => [
    ...(manifest.publishes ?? []),
    ...(manifest.subscribes ?? []),
    ...versionedContracts(manifest.streams),
  ])) {
    const byVersion = versions.get(contract.type) ?? new Map<string, EventContract>();
    versions.set(contract.type, byVersion);
    const other = byVersion.get(contract.version);
    const differences = other === undefined ? [] : contractDifferences(contract, other);
    if (differences.length > 0) {
      throw new Error(
        `event '${contract.type}' ${contract.version} differs between environments in ${differences.join(', ')}: use one contract, or give a change a higher version [EP2003]`,
      );
    }
    byVersion.set(contract.version, contract);
  }
  const consumersOf = ({ type, version }: EventContract) => [
    ...new Set(
      manifests.flatMap(({ appId, subscribes = [] }) =>
        subscribes.some((each) => each.type === type && majorOf(each.version) === majorOf(version))
          ? [appId]
          : [],
      ),
    ),
  ];
  return new Map(
    [...versions].map(([type, byVersion]) => [
      type,
      [...byVersion.values()].map((contract) => ({
        contract,
        consumers: consumersOf(contract).sort(),
      })),
    ]),
  );
}
