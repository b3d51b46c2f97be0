import { InvalidEventError } from '../errors/invalid-event-error.ts';

/** Where an event is among all: by the transaction that has appended it, and then by its number. */
export interface StorePosition {
  readonly transaction: string;
  readonly position: string;
}

/** Largest number of PostgreSQL's bigint. */
const MAX_NUMBER = 2n ** 63n - 1n;

/** Before all events. */
export const BEGINNING: StorePosition = { transaction: '0', position: '0' };

/** A position as apps see it, e.g. `1042-17`. */
export function positionText({ transaction, position }: StorePosition): string {
  return `${transaction}-${position}`;
}

/**
 * A position of a text, which a client may have given.
 *
 * @throws InvalidEventError for a text that is not a position: a route answers with 400.
 */
export function parsePosition(text: string): StorePosition {
  const [, transaction, position] = /^(\d{1,19})-(\d{1,19})$/.exec(text) ?? [];
  if (
    transaction === undefined ||
    position === undefined ||
    BigInt(transaction) > MAX_NUMBER ||
    BigInt(position) > MAX_NUMBER
  ) {
    throw new InvalidEventError(
      `position '${text.slice(0, 100)}' is not one of an event store: use that of an event or an append`,
    );
  }
  return { transaction, position };
}

/** Less than 0 where the first one is before the second, 0 where they are the same. */
export function comparePositions(a: StorePosition, b: StorePosition): number {
  const transactions = BigInt(a.transaction) - BigInt(b.transaction);
  return Number(transactions === 0n ? BigInt(a.position) - BigInt(b.position) : transactions);
}
