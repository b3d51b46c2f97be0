import type { StoredEventContract, StoredEventData } from '@cdk8s-event-platform/contracts';

/** What a stored event tells beside its data. */
export interface StoredMetadata {
  /** Id of the beginning of it all. @default - it was appended without a cause */
  readonly correlationid?: string;
  /** Id of the event or request that it follows from. */
  readonly causationid?: string;
  /** W3C trace context of what has appended it. */
  readonly traceparent?: string;
  /** The event that was received, where it was recorded. */
  readonly received?: { readonly id: string; readonly source: string; readonly time: string };
}

/** An event as it is read from a store. */
export interface StoredEventOf<Type extends string, Data> {
  readonly type: Type;
  readonly data: Data;
  /** Version of the schema that it was stored with. Data of an older major version have been converted. */
  readonly schemaVersion: string;
  /** Stream that it is in. */
  readonly streamId: string;
  /** Version of the stream with it: 1 for the first event. */
  readonly version: number;
  /** Where it is among the events of all streams of its kind. */
  readonly position: string;
  /** When it was appended. Times of one stream do not decrease. */
  readonly time: Date;
  readonly metadata: StoredMetadata;
}

/** An event of contracts, one type for each. */
export type StoredEvent<Contract extends StoredEventContract = StoredEventContract> =
  Contract extends unknown ? StoredEventOf<Contract['type'], StoredEventData<Contract>> : never;

/** The event of a type. */
export type StoredEventOfType<
  Contract extends StoredEventContract,
  Type extends string,
> = StoredEventOf<Type, StoredEventData<Extract<Contract, { readonly type: Type }>>>;

/** An event to append. */
export interface NewStoredEventOf<Contract extends StoredEventContract> {
  readonly contract: Contract;
  readonly data: StoredEventData<Contract>;
}

/** An event of contracts to append. */
export type NewStoredEvent<Contract extends StoredEventContract = StoredEventContract> =
  Contract extends unknown ? NewStoredEventOf<Contract> : never;

/**
 * What has happened, to append it.
 *
 * @example
 * happened(MoneyDeposited, { amount: 20 })
 */
export function happened<const Contract extends StoredEventContract>(
  contract: Contract,
  data: StoredEventData<Contract>,
): NewStoredEventOf<Contract> {
  return { contract, data };
}
