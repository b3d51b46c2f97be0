import { createHash } from 'node:crypto';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import { type Claim, contractName } from '@cdk8s-event-platform/contracts/interface';
import { shown, withCode } from '@cdk8s-event-platform/contracts/internal';
import type pg from 'pg';
import type { Transaction } from '../database/database.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { parseJson } from '../events/json.ts';

/** Where large values of events are kept. */
export interface ClaimStore {
  /**
   * Keeps a value. When it returns, the value is there once `tx` has committed.
   *
   * @throws DependencyUnavailableError when the store cannot be reached: nothing is published then.
   */
  put(tx: Transaction, claim: Claim, content: Buffer): Promise<void>;
  /**
   * The bytes of a value; undefined when they are not there.
   *
   * @throws DependencyUnavailableError when the store cannot be reached: the delivery is held until it can.
   */
  get(tx: Pick<Transaction, 'query'>, claim: Claim): Promise<Buffer | undefined>;
  /** Deletes some values whose time is over, and returns how many. @default - the store does that itself */
  forget?(pool: pg.Pool): Promise<number>;
}

/** Options of {@link claimCheck}. */
export interface ClaimCheckOptions {
  /** Values of at most so many bytes of JSON stay in the event. @default 65536 */
  readonly inlineBytes?: number;
  /** Largest value, in bytes of JSON. @default 16 MiB */
  readonly maxBytes?: number;
}

/** A property of an event that may be in a store. */
export interface ClaimCheck extends Required<ClaimCheckOptions> {
  readonly contract: EventContract;
  readonly field: string;
  readonly store: ClaimStore;
}

const INLINE_BYTES = 64 * 1024;
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * Keeps a property of an event in a store where it is large. The event then has a reference with the hash and
 * size of the value; handlers get the value itself. The schema marks the property with `claimCheck: true`.
 *
 * @param field the property.
 * @throws Error when the schema does not mark it, or a limit is not a whole number.
 *
 * @example
 * startService(scanner, {
 *   routes,
 *   claims: [claimCheck(DocumentScanned, 'pages', postgresClaims())],
 * });
 */
export function claimCheck(
  contract: EventContract,
  field: string,
  store: ClaimStore,
  options: ClaimCheckOptions = {},
): ClaimCheck {
  const { inlineBytes = INLINE_BYTES, maxBytes = MAX_BYTES } = options;
  const { properties } = contract.schema;
  const property = Object.hasOwn(properties, field) ? properties[field] : undefined;
  if ((property as Record<string, unknown> | undefined)?.claimCheck !== true) {
    throw new Error(
      withCode(
        'EP8002',
        `claimCheck of ${shown(field)} in ${contract.type}: mark the property in its schema with claimCheck: true`,
      ),
    );
  }
  for (const [name, value] of Object.entries({ inlineBytes, maxBytes })) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new Error(
        withCode('EP1001', `${name} (${value}) must be a whole number of bytes, e.g. ${MAX_BYTES}`),
      );
    }
  }
  return { contract, field, store, inlineBytes, maxBytes };
}

function hashOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A value as it is kept. */
export function packClaim(value: unknown, now: number): { claim: Claim; content: Buffer } {
  const content = Buffer.from(JSON.stringify(value));
  const sha256 = hashOf(content);
  const day = new Date(now).toISOString().slice(0, 10);
  return { claim: { claim: `${day}/${sha256}`, sha256, bytes: content.length }, content };
}

/** The reference that a value is; undefined when it is the value itself. */
export function claimIn(value: unknown): Claim | undefined {
  const { claim, sha256, bytes } = (value ?? {}) as Partial<Record<keyof Claim, unknown>>;
  return typeof claim === 'string' && typeof sha256 === 'string' && typeof bytes === 'number'
    ? { claim, sha256, bytes }
    : undefined;
}

/** The value of a reference. @throws InvalidEventError when its bytes are missing, or others. */
export function unpackClaim({ claim, sha256, bytes }: Claim, content: Buffer | undefined): unknown {
  if (content === undefined) {
    throw new InvalidEventError(
      `refers to '${claim}', which the store does not have: its time may be over`,
    );
  }
  const hash = hashOf(content);
  if (content.length !== bytes || hash !== sha256) {
    throw new InvalidEventError(
      `refers to '${claim}' with ${bytes} bytes and the hash ${sha256}, and the store has ${content.length} bytes with the hash ${hash}`,
    );
  }
  return parseJson(content);
}

/** Claim checks by contract and property. @throws Error for two of one property. */
export function claimChecksOf(checks: readonly ClaimCheck[]): ReadonlyMap<string, ClaimCheck> {
  const map = new Map(checks.map((check) => [claimName(check.contract, check.field), check]));
  if (map.size < checks.length) {
    throw new Error(withCode('EP8002', 'two claim checks of one property: keep one'));
  }
  return map;
}

/** Name of a property of a contract. */
export function claimName(contract: EventContract, field: string): string {
  return `${contractName(contract)}#${field}`;
}
