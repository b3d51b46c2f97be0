import type { KeyProperties } from '../composite-key.ts';
import type { Delivery } from '../delivery.ts';
import type { EventContract, EventSchema } from '../event-contract.ts';
import { isEqual } from './same-schema.ts';
import { type CompatibilityMode, compatibilityOf, type CompatibilityPolicy } from './option.ts';

/** What a lock file keeps of one version of a contract. */
export interface LockedContract {
  readonly topic: string;
  readonly key: KeyProperties;
  readonly ordered: boolean;
  /** @default - the key */
  readonly subject?: string;
  /** @default false */
  readonly command?: boolean;
  /** @default 'effect-once' */
  readonly delivery?: Delivery;
  readonly compatibility: CompatibilityMode;
  readonly policy: CompatibilityPolicy;
  readonly schema: EventSchema;
}

/** Versions of one type. */
export type LockedVersions = Readonly<Record<string, LockedContract>>;

/** What is kept of a contract. */
export function lockedContract(contract: EventContract): LockedContract {
  const { topic, key, ordered = false, subject, command = false, delivery, schema } = contract;
  const { mode, policy } = compatibilityOf(contract);
  return {
    ...{ topic, key, ordered },
    ...(subject !== undefined && { subject }),
    ...(command && { command }),
    ...(delivery !== undefined && delivery !== 'effect-once' && { delivery }),
    ...{ compatibility: mode, policy, schema },
  };
}

/** Whether two versions are the same for all that is kept. */
export function isSameLocked(one: LockedContract, other: LockedContract): boolean {
  return isEqual({ ...one }, { ...other });
}
