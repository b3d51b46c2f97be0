import { describe, expect, it } from 'vitest';
import { kafkaReader, readGroups, readTopics } from './kafka-toolbox-output.ts';

describe('what Kafka says of messages', () => {
  it('is read byte by byte', () => {
    const reader = kafkaReader();
    const [record] = reader.read(
      'CreateTime:1764356400000\tPartition:2\tOffset:41\tk\\xC3\\xA4\\x09\t{"a":"\\x5C\\x5Cn"}',
    );
    expect(record).toEqual({
      position: '2:41',
      key: 'kä\t',
      time: '2025-11-28T19:00:00.000Z',
      value: Buffer.from(String.raw`{"a":"\\n"}`),
    });
  });

  it('may have neither key nor value nor time', () => {
    const [record] = kafkaReader().read('NO_TIMESTAMP\tPartition:0\tOffset:0\t\\N\t\\N');
    expect(record).toEqual({ position: '0:0', key: undefined, time: undefined, value: undefined });
  });

  it('ends where every partition did when it began', () => {
    const reader = kafkaReader();
    const line = (partition: number, offset: number) =>
      reader.read(`CreateTime:1\tPartition:${partition}\tOffset:${offset}\tk\tv`);
    expect(reader.done).toBe(false);
    ['begin t 0 3', 'begin t 1 5', 'end t 0 5', 'end t 1 5'].forEach((said) => reader.read(said));
    expect(reader.done).toBe(false);
    line(0, 3);
    expect(reader.done).toBe(false);
    line(0, 4);
    expect(reader.done).toBe(true);
  });

  it('is done at once with a topic that is empty', () => {
    const reader = kafkaReader();
    ['begin t 0 5', 'end t 0 5'].forEach((said) => reader.read(said));
    expect(reader.done).toBe(true);
  });

  it('may be mixed with warnings', () => {
    expect(kafkaReader().read('[2026-11-28 19:00:00,000] WARN something')).toEqual([]);
  });
});

describe('what Kafka says of topics', () => {
  it('is added up over partitions, with the newest time that has messages behind it', () => {
    const said = [
      ...['begin orders 0 2', 'begin orders 1 0', 'end orders 0 7', 'end orders 1 1'],
      ...['since-1000 orders 0 3', 'since-1000 orders 1 0', 'since-2000 orders 0 6'],
      ...['begin empty 0 4', 'end empty 0 4', 'since-1000 empty 0 4'],
    ].join('\n');
    expect(readTopics(said)).toEqual([
      { topic: 'orders', messages: 6, last: '1970-01-01T00:00:02.000Z' },
      { topic: 'empty', messages: 0 },
    ]);
  });
});

describe('what Kafka says of groups', () => {
  const said = `
GROUP                     TOPIC   PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG  CONSUMER-ID HOST CLIENT-ID
shop.billing              orders  0          5               7               2    -           -    -
shop.billing              orders  1          -               4               -    -           -    -
shop.event-tools-console.17 orders 0         0               7               7    -           -    -
other                     orders  0          0               7               7    -           -    -
`;

  it('is added up for those of the platform, without those of readers', () => {
    expect(readGroups(said, 'shop.', 'event-tools-console')).toEqual([
      { group: 'billing', topic: 'orders', lag: 6 },
    ]);
  });
});
