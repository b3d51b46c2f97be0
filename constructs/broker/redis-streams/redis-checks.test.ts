import { Duration, Size } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError, Environment, RedisStreams } from '../../index.ts';
import { TestPlatform } from '../../testing/fixtures.ts';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { redisProblems, type RedisSizing, streamProblems } from './redis-checks.ts';
import { ORDERS } from '../../testing/topics.ts';

const SIZING: RedisSizing = {
  replicas: 3,
  minInSyncReplicas: 2,
  memory: Size.gibibytes(4),
  storage: Size.gibibytes(100),
  maxMessageSize: Size.mebibytes(1),
  redeliverAfter: Duration.seconds(60),
  failoverAfter: Duration.seconds(30),
  concurrency: 32,
};

describe('redisProblems', () => {
  it('accepts exactly the numbers with which one server may be away', () => {
    const count = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(count, count, (replicas, minInSyncReplicas) => {
        const works =
          replicas % 2 === 1 &&
          (minInSyncReplicas < replicas || (replicas === 1 && minInSyncReplicas === 1));
        expect(redisProblems({ ...SIZING, replicas, minInSyncReplicas }).length === 0).toBe(works);
      }),
    );
  });

  const majority = (replicas: number) =>
    `replicas (${replicas}) gives Sentinel no majority: use 1 without it, or an odd number of 3 or more`;

  it.each([
    [{ replicas: 2 }, majority(2)],
    [{ replicas: 0 }, majority(0)],
    [{ replicas: 3.5 }, majority(3.5)],
    [{ minInSyncReplicas: 0 }, 'minInSyncReplicas (0) is not a count: use 1 to 2'],
    [
      { minInSyncReplicas: 3 },
      'minInSyncReplicas (3) of 3 servers: the restart of one would stop writes; use at most 2',
    ],
    [
      { replicas: 1 },
      'minInSyncReplicas (2) of 1 server: the restart of one would stop writes; use at most 1',
    ],
    [
      { maxMessageSize: Size.kibibytes(512) },
      'maxMessageSize (512 KiB) is not what Redis can be limited to: use 1 MiB to 512 MiB',
    ],
    [
      { maxMessageSize: Size.mebibytes(513) },
      'maxMessageSize (525312 KiB) is not what Redis can be limited to: use 1 MiB to 512 MiB',
    ],
    [
      { storage: Size.gibibytes(5) },
      'storage (5120 MiB) is too little for 2048 MiB of events, half of the memory: a log that is rewritten is there twice, and grows meanwhile; use 6144 MiB or more',
    ],
    [
      { redeliverAfter: Duration.seconds(30) },
      'redeliverAfter (30 seconds) is shorter than the 9 retries of a delivery, and what fails would never get to the dead letters: use 55 seconds or more, e.g. 60 seconds',
    ],
    [
      { redeliverAfter: Duration.seconds(0) },
      /^redeliverAfter \(.*\) is shorter than the 9 retries of a delivery/,
    ],
    [
      { failoverAfter: Duration.millis(500) },
      'failoverAfter (500 millis) would take every pause for a failure: use 1 second or more, e.g. 30 seconds',
    ],
    [{ concurrency: 0 }, 'concurrency (0) must be a whole number of at least 1, e.g. 32'],
  ] as [Partial<RedisSizing>, string | RegExp][])(
    'refuses %o with value and remedy',
    (change, expected) => {
      const found = redisProblems({ ...SIZING, ...change });
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(expected);
      if (typeof expected === 'string') {
        expect(found).toEqual([expected]);
      }
      // The construct says the same, behind its path.
      const build = () =>
        new TestPlatform(
          Environment.local(),
          (platform) => new RedisStreams(platform, 'redis', { ...SIZING, ...change }),
        );
      expect(build).toThrow(DeclarationError);
      expect(build).toThrow(`test/redis: ${found[0]}`);
    },
  );
});

describe('streamProblems', () => {
  it('accepts what can be kept', () => {
    const names = ['orders', 'orders.shop.dlq', 'Orders_2'];
    expect(
      streamProblems(
        names.map((name) => ({ ...ORDERS, name })),
        SIZING,
      ),
    ).toEqual([]);
  });

  it.each([
    ...['a*', 'a b', 'a:b', '', 'a?', '~a', '(a'].map((name) => [
      { name },
      `topic '${name}' has characters that mean something in the rights of accounts: use letters, digits, '.', '_' and '-'`,
    ]),
    [{ partitions: 0 }, "topic 'orders' has 0 partitions: use 1 or more"],
    [
      { replicationFactor: 5 },
      "topic 'orders': replicationFactor (5) exceeds the 3 servers, each of which has all streams: use at most 3, or more servers",
    ],
    [
      { minInSyncReplicas: 3 },
      "topic 'orders': minInSyncReplicas (3) exceeds that of the servers (2), which holds for all streams: use at most 2, or raise it there",
    ],
    [
      { retention: Duration.seconds(30) },
      "topic 'orders' keeps events for 30 seconds, and streams are trimmed once a minute: use 1 minute or more",
    ],
  ] as [Partial<TopicSpec>, string][])('refuses %o with value and remedy', (change, expected) => {
    expect(streamProblems([{ ...ORDERS, ...change }], SIZING)).toEqual([expected]);
  });

  it('reports all problems of all topics together, behind the path of the broker', () => {
    const test = new TestPlatform(
      Environment.local(),
      (platform) => new RedisStreams(platform, 'redis'),
    );
    const { broker } = test;
    broker.addTopic({ name: 'a', ...broker.topicDefaults, partitions: 0 });
    broker.addTopic({ name: 'b', ...broker.topicDefaults, replicationFactor: 2 });
    expect(() => test.objects()).toThrow(
      new DeclarationError(
        test.platform,
        [
          'cannot be rendered:',
          "test/redis: topic 'a' has 0 partitions: use 1 or more [EP3002]",
          "test/redis: topic 'b': replicationFactor (2) exceeds the 1 server, each of which has all streams: use at most 1, or more servers [EP3002]",
        ].join('\n- ') as Problem,
      ),
    );
  });
});
