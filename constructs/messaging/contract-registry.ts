import type { IConstruct } from 'constructs';
import { type EventContract } from '@cdk8s-event-platform/contracts';
import { contractDifferences } from '@cdk8s-event-platform/contracts/internal';
import { EventPlatform } from '../platform/event-platform.ts';

/** A contract, and who has used it first. */
interface Use {
  readonly contract: EventContract;
  readonly path: string;
}

const uses = new WeakMap<EventPlatform, Map<string, Use>>();

function usesOf(scope: IConstruct): Map<string, Use> {
  const platform = EventPlatform.of(scope);
  const found = uses.get(platform) ?? new Map<string, Use>();
  uses.set(platform, found);
  return found;
}

/** Every contract whose type another construct of the platform describes in another way. */
export function disagreements(scope: IConstruct, contracts: readonly EventContract[]): string[] {
  const known = usesOf(scope);
  return contracts.flatMap((contract) => {
    const other = known.get(contract.type);
    const differences = other === undefined ? [] : contractDifferences(contract, other.contract);
    return differences.length === 0
      ? []
      : [
          `event '${contract.type}' differs from what '${other!.path}' uses in ${differences.join(', ')}: use one contract in all apps of the platform`,
        ];
  });
}

/** Notes the contracts of a construct, which no other may describe in another way. */
export function useContracts(scope: IConstruct, contracts: readonly EventContract[]): void {
  const known = usesOf(scope);
  for (const contract of contracts) {
    if (!known.has(contract.type)) {
      known.set(contract.type, { contract, path: scope.node.path });
    }
  }
}
