import { keyIn, keyName, keyNames } from './composite-key.ts';
import type { EventContract } from './event-contract.ts';

/**
 * The key of an event: what a broker keeps its order by. It is the value of the contract's key property, or of a
 * composite key the values of its properties as {@link compositeKey} writes them.
 *
 * @param data those of an event, or just the properties of its key.
 * @throws Error that names the properties that the data do not have.
 * @example
 * // key: ['tenant', 'service']
 * eventKey(RouteActivated, { tenant: 'team-a', service: 'payments' }); // 'team-a:payments'
 */
export function eventKey<Data>(
  contract: EventContract<Data>,
  data: Readonly<Partial<Data>>,
): string {
  const key = keyIn(contract, data);
  if (key === undefined) {
    const missing = keyNames(contract.key).filter(
      (name) => keyIn({ key: name }, data) === undefined,
    );
    throw new Error(
      `the data have no string or integer '${missing.join("', '")}', and the key of '${contract.type}' is ${keyName(contract.key)}: give each property of the key`,
    );
  }
  return key;
}
