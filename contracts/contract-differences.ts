import { shown } from './checks.ts';
import { DEFAULT_DELIVERY } from './delivery.ts';
import type { EventContract } from './event-contract.ts';
import { isObject, pointerOf } from './subschemas.ts';

/** Where two values differ first, as a JSON pointer; undefined when they are equal. */
export function firstDifference(one: unknown, other: unknown, pointer: string): string | undefined {
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length) {
    return first(one.keys(), (index) =>
      firstDifference(one[index], other[index], pointer + pointerOf(String(index))),
    );
  }
  if (isObject(one) && isObject(other)) {
    return first(new Set([...Object.keys(one), ...Object.keys(other)]), (name) =>
      firstDifference(one[name], other[name], pointer + pointerOf(name)),
    );
  }
  return Object.is(one, other) ? undefined : pointer;
}

function first<Item, Found>(
  items: Iterable<Item>,
  find: (item: Item) => Found | undefined,
): Found | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}

/** Whether two values of a contract are the same. Those of a composite key are lists. */
export function isSame(one: unknown, other: unknown): boolean {
  return firstDifference(one, other, '') === undefined;
}

/** A value of a contract in a message: a composite key with the names of its properties. */
export function shownValue(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(shown).join(', ')}]` : shown(value);
}

/**
 * What two contracts of one type do not agree on, with both values. Descriptions may differ: nothing
 * follows from them.
 */
export function contractDifferences(one: EventContract, other: EventContract): string[] {
  const values = (contract: EventContract) => ({
    version: contract.version,
    topic: contract.topic,
    key: contract.key,
    subject: contract.subject ?? contract.key,
    ordered: contract.ordered ?? false,
    delivery: contract.delivery ?? DEFAULT_DELIVERY,
    command: contract.command ?? false,
    reply: contract.reply?.type,
  });
  const [a, b] = [values(one), values(other)];
  const names = Object.keys(a) as (keyof typeof a)[];
  const place = firstDifference(one.schema, other.schema, '#');
  return [
    ...names
      .filter((name) => !isSame(a[name], b[name]))
      .map((name) => `${name} (${shownValue(a[name])} and ${shownValue(b[name])})`),
    ...(place === undefined ? [] : [`schema (at ${place})`]),
  ];
}
