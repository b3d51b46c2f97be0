import { describe, expect, it } from 'vitest';
import { schemaCheck } from '../app-images/runtime/events/schema-check.ts';
import { Paid } from './consumers/paid.ts';
import { benchEvents } from './events.ts';

const check = schemaCheck(Paid);
const refused = (variant: Parameters<typeof benchEvents>[0]) =>
  benchEvents(variant, 1_000).filter(({ data }) => check(data).length > 0).length;

describe('events of the benchmark', () => {
  it('are as their contract says, but for one in a hundred of the poison', () => {
    expect(refused('clean')).toBe(0);
    expect(refused('poison')).toBe(10);
    expect(refused('duplicates')).toBe(0);
  });

  it('hold amounts that only the database refuses', () => {
    expect(refused('poison-db')).toBe(0);
    const amounts = benchEvents('poison-db', 1_000).map(({ data }) => Number(data.amount));
    expect(amounts.filter((amount) => amount > 2 ** 31 - 1)).toHaveLength(10);
  });

  it('repeat one in ten under its id', () => {
    const events = benchEvents('duplicates', 1_000);
    expect(new Set(events.map(({ id }) => id)).size).toBe(1_000);
    expect(events.length - 1_000).toBe(98);
  });
});
