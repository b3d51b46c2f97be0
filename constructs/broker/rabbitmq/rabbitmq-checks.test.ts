import { Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Environment } from '../../platform/index.ts';
import { TestPlatform } from '../../testing/fixtures.ts';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { RabbitMqCluster } from './rabbitmq-cluster.ts';
import type { RabbitMqClusterProps } from './rabbitmq-cluster-props.ts';
import { queuesOf } from './queues.ts';
import { copies, rabbitMqSizingProblems, topologyProblems } from './rabbitmq-checks.ts';
import { ORDERS } from '../../testing/topics.ts';

describe('topologyProblems', () => {
  const problems = (change: Partial<TopicSpec>, replicas = 3) => {
    const topics = [{ ...ORDERS, ...change }];
    return topologyProblems(topics, queuesOf(topics, []), replicas);
  };

  it.each([
    [{ name: 'amq.x' }, "topic 'amq.x' has a name that RabbitMQ keeps for itself: rename it"],
    [{ partitions: 0 }, "topic 'orders' has 0 partitions: use 1 or more"],
    [
      { replicationFactor: 4 },
      "topic 'orders': replicationFactor (4) exceeds the 3 copies that 3 servers keep: use at most 3",
    ],
    [
      { name: 'a'.repeat(256) },
      `queue '${'a'.repeat(256)}' has 256 characters, and RabbitMQ allows 255: use a shorter topic or app id`,
    ],
  ])('refuses %o with value and remedy', (change, message) => {
    expect(problems(change)).toEqual([message]);
  });

  it('refuses more copies than one server keeps, and the name of the proofs', () => {
    expect(problems({}, 1)).toEqual([
      "topic 'orders': replicationFactor (3) exceeds the 1 copy that 1 server keeps: use at most 1, or 3 replicas",
    ]);
    expect(problems({ name: 'publish-proof' })).toContain(
      "topic 'publish-proof' is where producers prove what they have published: rename it",
    );
  });

  it('refuses two readers whose queues would be one', () => {
    const topics = [
      { ...ORDERS, name: 'b-c' },
      { ...ORDERS, name: 'c' },
    ];
    const queues = queuesOf(topics, [
      { topic: 'b-c', appId: 'a', ordered: false },
      { topic: 'c', appId: 'a-b', ordered: false },
    ]);
    expect(topologyProblems(topics, queues, 3)).toEqual([
      "topics 'b-c' and 'c' would share the queue 'a-b-c', which is made of app id and topic: rename a topic or an app",
    ]);
  });

  it('accepts what works', () => {
    expect(problems({})).toEqual([]);
    expect([1, 3, 5].map(copies)).toEqual([1, 3, 3]);
    expect([1, 3, 5].flatMap((n) => rabbitMqSizingProblems(n, Size.mebibytes(1)))).toEqual([]);
  });
});

describe('rabbitMqSizingProblems', () => {
  it.each([
    [
      { replicas: 2 },
      'replicas (2) gives no majority that survives a server: use 1 for development, or an odd number of 3 or more',
    ],
    [
      { replicas: 4 },
      'replicas (4) gives no majority that survives a server: use 1 for development, or an odd number of 3 or more',
    ],
    [
      { maxMessageSize: Size.mebibytes(129) },
      'maxMessageSize (129 MiB) is more than RabbitMQ takes: use at most 128 MiB, and have events refer to what is larger',
    ],
    [{ name: 'Rabbit' }, "name 'Rabbit' is not a DNS label"],
  ] as [RabbitMqClusterProps, string][])('refuses %o', (props, message) => {
    expect(
      () =>
        new TestPlatform(
          Environment.local(),
          (scope) => new RabbitMqCluster(scope, 'rabbitmq', props),
        ),
    ).toThrow(`test/rabbitmq: ${message}`);
  });
});
