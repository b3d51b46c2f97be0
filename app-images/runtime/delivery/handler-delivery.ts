import type { AppManifest, EventContract } from '@cdk8s-event-platform/contracts';
import { contractName } from '@cdk8s-event-platform/contracts/interface';
import {
  allowsDelivery,
  DEFAULT_DELIVERY,
  DELIVERIES,
  withCode,
} from '@cdk8s-event-platform/contracts/internal';
import type { Handler } from './handler.ts';

/** Why a handler may not handle a contract with its delivery; undefined when it may. */
function problemOf(contract: EventContract, { delivery }: Handler): string | undefined {
  if (delivery === undefined) {
    return undefined;
  }
  if (!DELIVERIES.includes(delivery)) {
    return `the delivery of the handler of ${contractName(contract)} (${JSON.stringify(delivery)}) must be one of '${DELIVERIES.join("', '")}'`;
  }
  return allowsDelivery(contract, delivery)
    ? undefined
    : `${contractName(contract)} is handled '${delivery}', and its contract says '${contract.delivery ?? DEFAULT_DELIVERY}': leave out the delivery of the handler, or give the contract a weaker one`;
}

/**
 * Refuses handlers whose delivery is weaker than what their events have by contract.
 *
 * @param handlerOf the handler of a contract, also of one that is upcast.
 * @throws Error that lists them.
 */
export function checkDeliveries(
  { appId, subscribes = [] }: AppManifest,
  handlerOf: (contract: EventContract) => Handler,
): void {
  const problems = subscribes.flatMap((contract) => problemOf(contract, handlerOf(contract)) ?? []);
  if (problems.length > 0) {
    throw new Error(withCode('EP8004', `${appId}: ${problems.join('; ')}`));
  }
}
