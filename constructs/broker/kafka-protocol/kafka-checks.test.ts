import { Duration, Size } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Problem } from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from '../../core/index.ts';
import { Environment } from '../../platform/index.ts';
import { TestPlatform } from '../../testing/fixtures.ts';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import {
  type KafkaSizing,
  kafkaSizingProblems,
  propertyProblems,
  storageProblems,
  topicProblems,
} from './kafka-checks.ts';
import { storageFor } from './storage.ts';
import { ORDERS } from '../../testing/topics.ts';

const count = fc.integer({ min: 1, max: 9 });

describe('kafkaSizingProblems', () => {
  it('accepts exactly what survives the restart of one broker', () => {
    fc.assert(
      fc.property(count, count, count, (replicas, replicationFactor, minInSyncReplicas) => {
        const works =
          replicas % 2 === 1 &&
          replicationFactor <= replicas &&
          (minInSyncReplicas < replicationFactor ||
            (replicationFactor === 1 && minInSyncReplicas === 1));
        const sizing = { replicas, replicationFactor, minInSyncReplicas };
        expect(kafkaSizingProblems(sizing).length === 0).toBe(works);
      }),
    );
  });

  const quorum = (replicas: number) =>
    `replicas (${replicas}) gives no usable quorum of controllers: use 1 for development, or an odd number of 3 or more`;

  it.each([
    [{ replicas: 2 }, quorum(2)],
    [{ replicas: 4 }, quorum(4)],
    [{ replicas: 0 }, quorum(0)],
    [{ replicas: -1 }, quorum(-1)],
    [{ replicas: 3.5 }, quorum(3.5)],
    [{ replicationFactor: 0 }, 'replicationFactor (0) is not a count: use 1 to 3'],
    [{ replicationFactor: 1.5 }, 'replicationFactor (1.5) is not a count: use 1 to 3'],
    [
      { replicationFactor: 5 },
      'replicationFactor (5) exceeds the 3 brokers: use at most 3, or more brokers',
    ],
    [
      { replicas: 1, replicationFactor: 3 },
      'replicationFactor (3) exceeds the 1 broker: use at most 1, or more brokers',
    ],
    [
      { minInSyncReplicas: 4 },
      'minInSyncReplicas (4) exceeds the replication factor (3): nothing could ever be written; use 2',
    ],
    [
      { replicationFactor: 1, minInSyncReplicas: 2 },
      'minInSyncReplicas (2) exceeds the replication factor (1): nothing could ever be written; use 1',
    ],
    [
      { minInSyncReplicas: 3 },
      'minInSyncReplicas (3) equals the replication factor: the restart of one broker would stop writes; use 2',
    ],
  ] as [Partial<Omit<KafkaSizing, 'controllers'>>, string][])(
    'refuses %o with value and remedy',
    (change, expected) => {
      const sizing = { replicas: 3, replicationFactor: 3, minInSyncReplicas: 2, ...change };
      expect(kafkaSizingProblems(sizing)).toContain(expected);
      // The construct says the same, behind its path.
      const build = () => new TestPlatform(Environment.local(), sizing);
      expect(build).toThrow(DeclarationError);
      expect(build).toThrow(/^test\/kafka: /);
    },
  );

  it.each(['', 'a'.repeat(21), 'a'.repeat(23), `${'a'.repeat(21)}+`, `${'a'.repeat(21)}\n`])(
    'refuses the cluster id %j',
    (clusterId) => {
      const sizing = { replicas: 1, replicationFactor: 1, minInSyncReplicas: 1 };
      expect(kafkaSizingProblems(sizing, { clusterId })).toEqual([
        `clusterId '${clusterId}' is not 16 bytes in URL-safe base64: make one with \`kafka-storage.sh random-uuid\``,
      ]);
    },
  );
});

describe('kafkaSizingProblems of controllers in pods of their own', () => {
  const problems = (replicas: number, controllers: number, production = true) =>
    kafkaSizingProblems(
      { replicas, controllers, replicationFactor: 1, minInSyncReplicas: 1 },
      { production },
    );

  it('asks for an odd number of controllers, and takes any number of brokers', () => {
    expect(problems(4, 3)).toEqual([]);
    expect(problems(4, 4)).toEqual([
      'controllers.replicas (4) gives no usable quorum of controllers: use 1 for development, or an odd number of 3 or more',
    ]);
    expect(problems(0, 3)[0]).toBe('replicas (0) is not a number of brokers: use 1 or more');
  });

  it('asks for three of them in production', () => {
    expect(problems(3, 1)).toEqual([
      'controllers.replicas (1) leaves no controller when one is restarted: use 3 or more in production',
    ]);
    expect(problems(3, 1, false)).toEqual([]);
  });
});

describe('propertyProblems', () => {
  it('leaves to the construct what it decides', () => {
    expect(propertyProblems({ 'num.io.threads': 16, 'min.insync.replicas': 1 })).toEqual([
      "properties 'min.insync.replicas' follows from what is declared: use the property of the construct for it, or leave it out",
    ]);
  });
});

describe('storageFor', () => {
  it('is throughput × retention × copies, shared by the brokers, with 30 % kept free', () => {
    const throughput = Size.kibibytes(512);
    // 0.5 MiB/s × 604,800 s × 3 copies ÷ 3 brokers ÷ 0.7 = 421.9 GiB
    expect(storageFor([{ ...ORDERS, throughput }, ORDERS], 3).toGibibytes()).toBe(422);
    expect(storageFor([ORDERS], 3).toGibibytes()).toBe(0);
  });

  it('refuses volumes that are smaller, with the size that is needed', () => {
    expect(storageProblems(Size.gibibytes(100), Size.gibibytes(422))).toEqual([
      'storage (102400 MiB) of each broker is less than the declared throughput of the topics fills: use 422 GiB or more, a shorter retention, or leave storage out',
    ]);
    expect(storageProblems(undefined, Size.gibibytes(422))).toEqual([]);
  });
});

describe('topicProblems', () => {
  const problems = (...topics: TopicSpec[]) =>
    topicProblems(topics, {
      brokers: 3,
      offsetsRetention: Duration.days(8),
      maxMessageSize: Size.mebibytes(1),
    });
  const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,20}$/);

  it('finds two names exactly when their metrics would have one name', () => {
    // Few characters, so that some names do collide.
    const similar = fc.stringMatching(/^[ab][._]b$/);
    fc.assert(
      fc.property(fc.oneof(name, similar), fc.oneof(name, similar), (a, b) => {
        fc.pre(a !== b);
        const found = problems({ ...ORDERS, name: a }, { ...ORDERS, name: b });
        const same = a.replaceAll('.', '_') === b.replaceAll('.', '_');
        expect(found).toEqual(
          same
            ? [
                `topics '${a}' and '${b}' differ only by '.' and '_', which Kafka's metrics cannot tell apart: rename one`,
              ]
            : [],
        );
      }),
    );
  });

  it('finds a topic that looks like the dead letters of another', () => {
    expect(
      problems({ ...ORDERS, name: 'orders.shop.dlq' }, { ...ORDERS, name: 'orders_shop_dlq' }),
    ).toHaveLength(1);
  });

  it.each([
    [{ partitions: 0 }, "topic 'orders' has 0 partitions: use 1 or more"],
    [{ partitions: -1 }, "topic 'orders' has -1 partitions: use 1 or more"],
    [{ partitions: 1.5 }, "topic 'orders' has 1.5 partitions: use 1 or more"],
    [
      { replicationFactor: 4 },
      "topic 'orders': replicationFactor (4) exceeds the 3 brokers: use at most 3, or more brokers",
    ],
    [
      { minInSyncReplicas: 3 },
      "topic 'orders': minInSyncReplicas (3) equals the replication factor: the restart of one broker would stop writes; use 2",
    ],
    [
      { retention: Duration.days(9) },
      "topic 'orders' keeps messages for 9 days, but offsets expire after 8 days: a consumer at zero would start over; raise offsetsRetention",
    ],
    [
      { maxMessageSize: Size.mebibytes(2) },
      "topic 'orders': maxMessageSize (2048 KiB) exceeds the broker's (1024 KiB), and sidecars would refuse such events; use at most that, or raise the broker's",
    ],
    [
      { name: 'a'.repeat(250) },
      `topic '${'a'.repeat(250)}' has 250 characters, and Kafka allows 249: use a shorter topic or app id`,
    ],
  ] as [Partial<TopicSpec>, string][])('refuses %o with value and remedy', (change, expected) => {
    expect(problems({ ...ORDERS, ...change })).toEqual([expected]);
  });

  it('accepts the longest name, and a retention as long as that of offsets', () => {
    expect(problems({ ...ORDERS, name: 'a'.repeat(249), retention: Duration.days(8) })).toEqual([]);
  });

  it('reports all problems of all topics together, behind the path of the broker', () => {
    const test = new TestPlatform();
    const { broker } = test;
    broker.addTopic({ name: 'a.b', ...broker.topicDefaults, partitions: 0 });
    broker.addTopic({ name: 'a_b', ...broker.topicDefaults, replicationFactor: 2 });
    expect(() => test.objects()).toThrow(
      new DeclarationError(
        test.platform,
        [
          'cannot be rendered:',
          "test/kafka: topic 'a.b' has 0 partitions: use 1 or more [EP3002]",
          "test/kafka: topic 'a_b': replicationFactor (2) exceeds the 1 broker: use at most 1, or more brokers [EP3002]",
          "test/kafka: topics 'a.b' and 'a_b' differ only by '.' and '_', which Kafka's metrics cannot tell apart: rename one [EP3002]",
        ].join('\n- ') as Problem,
      ),
    );
  });
});
