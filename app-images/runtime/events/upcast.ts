import type { EventContract, EventData } from '@cdk8s-event-platform/contracts';
import { majorOf } from '@cdk8s-event-platform/contracts/interface';
import { shown, withCode } from '@cdk8s-event-platform/contracts/internal';

/** Turns the data of an older major version into those of a contract. */
export type Upcast<Data = unknown> = {
  // A method, so that its parameter may have the type of the older data.
  convert(old: Readonly<Record<string, unknown>>): Data;
}['convert'];

/** How an app reads older major versions of an event. */
export interface Upcasts {
  /** What the older ones become. */
  readonly contract: EventContract;
  /** By major version. */
  readonly upcasts: ReadonlyMap<number, Upcast>;
}

/**
 * Reads older major versions of an event as the current one. The data of an old event are checked by the old
 * contract, converted, and checked by the new one; then they come to the new one's handler, with the
 * event's own id and time. The manifest subscribes to the old contract, too. An event that cannot be converted goes to
 * the quarantine.
 *
 * @param converters by major version; each returns data of the contract, and changes nothing else.
 * @throws Error for a key that is not an older major version.
 *
 * @example
 * startService(orderProcessor, {
 *   on: [
 *     each(OrderPlaced, async (tx, { data }) => { … }),
 *     upcast(OrderPlaced, {
 *       1: ({ total, ...rest }: EventData<typeof OrderPlacedV1>) => ({ ...rest, amount: { value: total, currency: 'EUR' } }),
 *     }),
 *   ],
 * });
 */
export function upcast<Contract extends EventContract>(
  contract: Contract,
  converters: Readonly<Record<string, Upcast<EventData<Contract>>>>,
): Upcasts {
  const major = majorOf(contract.version);
  const wrong = Object.keys(converters).filter(
    (key) => !/^(0|[1-9]\d*)$/.test(key) || Number(key) >= major,
  );
  if (wrong.length > 0) {
    throw new Error(
      withCode(
        'EP8002',
        `upcast to ${contract.type} ${contract.version} from ${wrong.map(shown).join(', ')}: use major versions below ${major}, e.g. { 1: (old) => … }`,
      ),
    );
  }
  return {
    contract,
    upcasts: new Map(Object.entries(converters).map(([key, convert]) => [Number(key), convert])),
  };
}
