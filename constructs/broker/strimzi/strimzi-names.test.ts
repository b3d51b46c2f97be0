import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { strimziSizingProblems } from './strimzi-checks.ts';
import { topicObjectName } from './strimzi-names.ts';

describe('topicObjectName', () => {
  it.each(['order-placed', 'order-placed.order-processor.dlq', '0'])('leaves %s alone', (topic) => {
    expect(topicObjectName(topic)).toBe(topic);
  });

  it('makes a name that Kubernetes can have of any topic, and another one of each', () => {
    const topic = fc.stringMatching(/^[A-Za-z0-9._-]{1,249}$/);
    fc.assert(
      fc.property(topic, topic, (a, b) => {
        const name = topicObjectName(a);
        expect(name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/);
        expect(name.length).toBeLessThanOrEqual(253);
        expect(topicObjectName(b) === name).toBe(a === b);
      }),
    );
  });

  it('keeps apart what differs only by what Kubernetes does not have', () => {
    expect(topicObjectName('order_placed')).toMatch(/^order-placed-[0-9a-f]{10}$/);
    expect(topicObjectName('Order-placed')).not.toBe(topicObjectName('order_placed'));
    expect(topicObjectName('__')).toMatch(/^topic-[0-9a-f]{10}$/);
  });
});

describe('strimziSizingProblems', () => {
  const sizing = { replicas: 3, controllers: 3, replicationFactor: 3, minInSyncReplicas: 2 };

  it('takes any number of brokers where others are controllers', () => {
    expect(strimziSizingProblems({ ...sizing, replicas: 4 }, true)).toEqual([]);
    expect(strimziSizingProblems({ ...sizing, controllers: 0 }, true)).toEqual([]);
    const one = { replicas: 1, controllers: 0, replicationFactor: 1, minInSyncReplicas: 1 };
    expect(strimziSizingProblems(one, false)).toEqual([]);
  });

  it.each([
    [
      { controllers: 2 },
      'controllers (2) gives no usable quorum of controllers: use 1 for development, or an odd number of 3 or more',
    ],
    [
      { replicas: 4, controllers: 0 },
      'replicas (4) gives no usable quorum of controllers: use 1 for development, or an odd number of 3 or more',
    ],
    [
      { controllers: 1 },
      'controllers (1) makes one controller, whose restart stops the cluster in production: use 3 or 5',
    ],
    [{ replicas: 0 }, 'replicas (0) is not a count of brokers: use 1 or more'],
    [
      { replicationFactor: 5 },
      'replicationFactor (5) exceeds the 3 brokers: use at most 3, or more brokers',
    ],
    [
      { minInSyncReplicas: 3 },
      'minInSyncReplicas (3) equals the replication factor: the restart of one broker would stop writes; use 2',
    ],
  ])('refuses %o', (change, problem) => {
    expect(strimziSizingProblems({ ...sizing, ...change }, true)).toContain(problem);
  });
});
