import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../../app-images/testing/database.ts';
import { Broker, type NewRecord, UnknownTopicError } from './broker.ts';
import { PartitionReader } from './partition-reader.ts';
import { BROKER_SCHEMA } from './schema.ts';

let database: TestDatabase;
let ended = new AbortController();

beforeAll(async () => {
  database = await createDatabase(inject('postgresPort'), []);
});
afterEach(async () => {
  ended.abort();
  ended = new AbortController();
  await database.pool.query(`DROP SCHEMA ${BROKER_SCHEMA} CASCADE`);
});
afterAll(() => database.drop());

function record(value: string, key?: string): NewRecord {
  return { value: Buffer.from(value), headers: {}, key: key ? Buffer.from(key) : undefined };
}

async function openBroker(partitions = 1): Promise<Broker> {
  const broker = await Broker.open(database.pool);
  await broker.addTopic('topic', partitions);
  return broker;
}

function reader(broker: Broker, position = 0): PartitionReader {
  const place = { group: 'group', topic: 'topic', partition: 0, position };
  return new PartitionReader(broker, { ...place, signal: ended.signal });
}

async function values(broker: Broker, partition = 0): Promise<string[]> {
  const records = await broker.read('topic', partition, 0, 10_000);
  return records.map(({ value }) => String(value && Buffer.from(value)));
}

describe('Broker', () => {
  it('keeps bytes, tombstones, keys and headers as they are', async () => {
    const broker = await openBroker();
    const odd = Buffer.from([0, 255]);
    await broker.append('topic', [
      { value: odd, key: odd, headers: { name: 'a\u0000b' } },
      { value: null, headers: {} },
    ]);
    const [first, second] = await broker.read('topic', 0, 0, 10);
    expect(first).toMatchObject({
      position: 0,
      value: odd,
      key: odd,
      headers: { name: 'a\u0000b' },
    });
    expect(second).toMatchObject({ position: 1, value: null, headers: {} });
    expect(second).not.toHaveProperty('key');
  });

  it('keeps records of one key in one partition, in their order, with several that append', async () => {
    const broker = await openBroker(3);
    const other = await Broker.open(database.pool);
    const rounds = Array.from({ length: 40 }, (_, round) => round);
    await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (key, index) => {
        for (const round of rounds) {
          await (index % 2 === 0 ? broker : other).append('topic', [record(`${key}${round}`, key)]);
        }
      }),
    );
    const partitions = await Promise.all([0, 1, 2].map((partition) => values(broker, partition)));
    for (const key of ['a', 'b', 'c', 'd']) {
      const own = partitions.map((all) => all.filter((value) => value.startsWith(key)));
      expect(own.filter((list) => list.length > 0)).toEqual([
        rounds.map((round) => `${key}${round}`),
      ]);
    }
  });

  it('appends all records of a request or none', async () => {
    const broker = await openBroker();
    const unreadable = { ...record('two'), value: '\\xzz' as never };
    await expect(broker.append('topic', [record('one'), unreadable])).rejects.toThrow(/hex/);
    expect(await values(broker)).toEqual([]);
  });

  it('refuses records for a topic that does not exist', async () => {
    const broker = await openBroker();
    await expect(broker.append('other', [record('x')])).rejects.toThrow(UnknownTopicError);
  });

  it('goes on where a group was when the broker was opened again', async () => {
    const broker = await openBroker();
    await broker.append(
      'topic',
      ['a', 'b', 'c'].map((value) => record(value)),
    );
    expect(await broker.positions('group', 'topic')).toEqual([0]);
    const own = reader(broker);
    await own.processed(await own.next(2));
    const again = await Broker.open(database.pool);
    expect(again.partitionsOf('topic')).toBe(1);
    expect(await again.positions('group', 'topic')).toEqual([2]);
    expect(await again.positions('other', 'topic')).toEqual([0]);
  });

  it('has a group that is new begin where it says, and moves none that is there', async () => {
    const broker = await openBroker();
    await broker.append('topic', [record('a'), record('b')]);
    await database.pool.query(
      `UPDATE event_platform_dev.records SET published_at = published_at - interval '1 hour' WHERE position = 0`,
    );
    const time = new Date(Date.now() - 60_000);
    expect(await broker.positions('all', 'topic', 'beginning')).toEqual([0]);
    expect(await broker.positions('late', 'topic', time)).toEqual([1]);
    expect(await broker.positions('new', 'topic', 'now')).toEqual([2]);
    expect(await broker.positions('future', 'topic', new Date('2999-01-01'))).toEqual([2]);
    await broker.append('topic', [record('c')]);
    expect(await broker.positions('new', 'topic', time)).toEqual([2]);
    expect(await broker.positions('late', 'topic', 'now')).toEqual([1]);
  });

  it('adds partitions and takes none away', async () => {
    const broker = await openBroker(3);
    await broker.addTopic('topic', 2);
    expect(broker.partitionsOf('topic')).toBe(3);
    await broker.addTopic('topic', 4);
    expect(await broker.positions('group', 'topic')).toEqual([0, 0, 0, 0]);
  });
});

describe('PartitionReader', () => {
  it('gets what is appended while it waits, within 50 ms', async () => {
    const broker = await openBroker();
    const next = reader(broker).next(10);
    await sleep(30);
    const appended = performance.now();
    await broker.append('topic', [record('a')]);
    expect(await next).toHaveLength(1);
    expect(performance.now() - appended).toBeLessThan(50);
  });

  it('waits for more records of a bulk until it is full or the time is over', async () => {
    const broker = await openBroker();
    const own = reader(broker);
    const began = performance.now();
    const next = own.next(2, 10_000);
    await broker.append('topic', [record('a')]);
    await sleep(30);
    await broker.append('topic', [record('b'), record('c')]);
    expect(await next).toHaveLength(2);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(await own.next(10, 20)).toHaveLength(3);
  });

  it('returns the same records until they are processed', async () => {
    const broker = await openBroker();
    await broker.append('topic', [record('a'), record('b')]);
    const own = reader(broker);
    const [first] = await own.next(1);
    expect(await own.next(1)).toEqual([first]);
    await own.processed([first!]);
    expect((await own.next(1))[0]).toMatchObject({ position: 1 });
  });

  it('ends while it waits', async () => {
    const next = reader(await openBroker()).next(1);
    ended.abort();
    expect(await next).toEqual([]);
  });
});
