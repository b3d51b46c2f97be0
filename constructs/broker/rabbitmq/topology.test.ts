import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import type { TopicSpec } from '../message-broker.ts';
import { Grants } from './grants.ts';
import { queuesOf } from './queues.ts';
import { copies, rabbitMqSizingProblems, topologyProblems } from './rabbitmq-checks.ts';

const topic: TopicSpec = {
  name: 'orders',
  partitions: 3,
  replicationFactor: 3,
  minInSyncReplicas: 2,
  retention: Duration.days(7),
};

describe('topologyProblems', () => {
  const problems = (change: Partial<TopicSpec>, replicas = 3) => {
    const topics = [{ ...topic, ...change }];
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
      { ...topic, name: 'b-c' },
      { ...topic, name: 'c' },
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

describe('Grants', () => {
  const grants = new Grants();
  grants.addReader({ topic: 'orders', appId: 'packer', ordered: false });
  grants.addReader({ topic: 'orders', appId: 'packer', ordered: true });
  grants.addPublisher('orders.packer.dlq', 'packer');
  grants.addPublisher('orders', 'shop');

  it('let a consumer read its own queue and publish its own dead letters', () => {
    expect(grants.rightsOf('packer')).toEqual({
      configure: '^(orders|orders\\.packer\\.dlq|packer-orders)$',
      write: '^(orders\\.packer\\.dlq|packer-orders)$',
      read: '^(orders|packer-orders)$',
    });
    expect(grants.readers).toHaveLength(1);
  });

  it('let a producer publish and prove, and read nothing', () => {
    expect(grants.rightsOf('shop')).toEqual({
      configure: '^(orders|publish-proof)$',
      write: '^(orders|publish-proof)$',
      read: '',
    });
  });

  it('let nobody else do anything', () => {
    expect(grants.rightsOf('other')).toEqual({ configure: '', write: '', read: '' });
    expect(grants.clients).toEqual(['packer', 'shop']);
  });
});
