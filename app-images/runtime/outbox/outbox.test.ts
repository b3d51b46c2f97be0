import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import type { EventContract } from '@cdk8s-event-platform/contracts';
import { createDatabase, type TestDatabase } from '../../testing/database.ts';
import { contractOf, eventOf } from '../../testing/plain-events.ts';
import { inTransaction } from '../database/database.ts';
import { InvalidEventError } from '../errors/invalid-event-error.ts';
import { addToOutbox } from './outbox.ts';
import { maxEventBytes, wireBytes } from './outgoing-event.ts';

const Good = contractOf('good-topic');

let database: TestDatabase;

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), []);
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query('TRUNCATE outbox'));

async function rows(): Promise<number | null> {
  return (await database.pool.query('SELECT FROM outbox')).rowCount;
}

async function add(contract: EventContract, id: string, data: object = { key: id }): Promise<void> {
  await inTransaction(database.pool, (tx) =>
    addToOutbox(tx, 'p', contract, eventOf(contract, id, data)),
  );
}

describe('addToOutbox', () => {
  const circular: Record<string, unknown> = { key: 'a' };
  circular.self = circular;

  it.each<readonly [string, object, string]>([
    ['a lone surrogate', { key: 'a', text: '\ud800' }, 'half a surrogate pair'],
    ['a NUL', { key: 'a', text: 'x\u0000' }, 'has a NUL in it'],
    [
      'a NUL in a name',
      { key: 'a', more: { 'x\u0000': 1 } },
      'a name in event/data/more has a NUL',
    ],
    ['a lone surrogate in its key', { key: '\udc00' }, 'half a surrogate pair'],
    ['a number that JSON cannot write', { key: 'a', n: Infinity }, 'data/n must be number'],
    ['NaN', { key: 'a', n: NaN }, 'data/n must be number'],
    ['no key', { text: 'x' }, "must have required property 'key'"],
    [
      'a key of too many bytes',
      { key: 'ä'.repeat(257) },
      'has 514 bytes, at most 512 are accepted',
    ],
    ['a BigInt', { key: 'a', n: 1n }, 'the event cannot be converted to JSON'],
    ['itself', circular, 'the event cannot be converted to JSON'],
    ['what is not in the contract', { key: 'a', text: new Date(NaN) }, 'data/text must be string'],
    [
      'too deep a nesting',
      { key: 'a', deep: JSON.parse('['.repeat(80) + ']'.repeat(80)) as object },
      'nested deeper than 64',
    ],
    ['too many values', { key: 'a', many: Array(100_001).fill(0) }, 'more than 100000 values'],
    [
      'too large',
      { key: 'a', text: 'x'.repeat(1024 * 1024) },
      "bytes on the wire, and topic 'good-topic' takes 1040384",
    ],
    [
      'too large as sidecars write it',
      { key: 'a', text: '<'.repeat(200_000) },
      'bytes on the wire',
    ],
  ])('refuses an event with %s', async (_what, data, reason) => {
    await expect(add(Good, '1', data)).rejects.toThrow(InvalidEventError);
    await expect(add(Good, '1', data)).rejects.toThrow(reason);
    expect(await rows()).toBe(0);
  });

  it('refuses an envelope that consumers would not take', async () => {
    for (const changes of [
      { id: '' },
      { id: '\ud800' },
      { time: '2026-02-30T00:00:00Z' },
      { time: '0000-01-01T00:00:00Z' },
      { time: '9999-12-31T23:59:59-01:00' },
      { type: 'x' },
    ]) {
      const event = { ...eventOf(Good, '1', { key: 'a' }), ...changes };
      const adding = inTransaction(database.pool, (tx) => addToOutbox(tx, 'p', Good, event));
      await expect(adding).rejects.toThrow(InvalidEventError);
    }
  });

  it('takes an event of exactly as many bytes as its topic takes, and not of one more', async () => {
    const limit = maxEventBytes(Good.topic);
    const size = (text: string) =>
      wireBytes(JSON.stringify(eventOf(Good, '1', { key: 'a', text })));
    const fill = (bytes: number) => 'x'.repeat(bytes - size(''));
    expect(size(fill(limit))).toBe(limit);
    await add(Good, '1', { key: 'a', text: fill(limit) });
    await expect(add(Good, '1', { key: 'a', text: fill(limit + 1) })).rejects.toThrow(
      'on the wire',
    );
    expect(await rows()).toBe(1);
  });

  it('takes texts that only look like what it refuses', async () => {
    await add(Good, '1', { key: 'a', text: String.raw`\u0000 \ud800 "type":"x"` });
    await add(Good, '2', { key: 'b', text: '🐘\u2028\u0001' });
    expect(await rows()).toBe(2);
  });
});
