import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Environment } from '../platform/index.ts';
import { OrderPlaced, inProduction, TestPlatform } from '../testing/fixtures.ts';
import type { TopicOptions } from './topic.ts';
import { longestRetention } from './topic-policies.ts';

const production = inProduction({ postgres: { host: 'postgres.example.com' } });

function topic(options: TopicOptions, environment = production) {
  return new TestPlatform(environment).pubSub.addTopic(OrderPlaced, options).spec;
}

describe('Topic', () => {
  it('takes the sizes of the broker', () => {
    expect(topic({})).toEqual({
      name: 'order-placed',
      ordered: false,
      partitions: 3,
      replicationFactor: 3,
      minInSyncReplicas: 2,
      retention: Duration.days(7),
    });
    expect(topic({}, Environment.local())).toMatchObject({
      replicationFactor: 1,
      minInSyncReplicas: 1,
    });
  });

  it.each([
    [{ replicationFactor: 1 }, 1],
    [{ replicationFactor: 2 }, 1],
    [{ replicationFactor: 3 }, 2],
    [{ replicationFactor: 3, minInSyncReplicas: 1 }, 1],
  ])('confirms with %o after %d copies, so that one broker may restart', (options, expected) => {
    expect(topic(options).minInSyncReplicas).toBe(expected);
  });

  it('gives its dead letters its own sizes, and four times its retention', () => {
    const test = new TestPlatform(production);
    test.pubSub.addTopic(OrderPlaced, {
      partitions: 6,
      replicationFactor: 2,
      retention: Duration.days(2),
    });
    test.producer();
    test.consumer();
    expect(test.broker.topics[1]).toMatchObject({
      name: 'order-placed.order-processor.dlq',
      partitions: 6,
      replicationFactor: 2,
      minInSyncReplicas: 1,
    });
    expect(longestRetention(test.broker.topics[1]!.retention).toDays()).toBe(8);
    expect(test.broker.offsetsRetention.toDays()).toBe(9);
  });

  it('keeps dead letters as long as it is told', () => {
    const test = new TestPlatform();
    test.pubSub.addTopic(OrderPlaced, { deadLetterRetention: Duration.days(90) });
    test.consumer();
    expect(longestRetention(test.broker.topics[1]!.retention).toDays()).toBe(90);
    expect(test.broker.offsetsRetention.toDays()).toBe(91);
  });

  it('is granted once, however often it is asked for', () => {
    const { pubSub, broker } = new TestPlatform();
    const app = new TestPlatform().consumer();
    const granted = pubSub.topicOf(OrderPlaced);
    granted.grantPublish(app);
    granted.grantPublish(app);
    granted.grantSubscribe(app);
    granted.grantSubscribe(app);
    expect(granted.publishers).toEqual(['order-processor']);
    expect(granted.subscribers).toEqual(['order-processor']);
    expect(granted.deadLetterTopics).toEqual(['order-placed.order-processor.dlq']);
    expect(broker.topics).toHaveLength(2);
  });

  it('is a construct with the name of the topic as its id, even that of another child', () => {
    const { pubSub } = new TestPlatform();
    const paths = ['order-placed', 'component', 'a.b_c'].map(
      (name) =>
        pubSub.addTopic({
          ...OrderPlaced,
          topic: name,
          type: `com.example.${name.replace('_', '-')}`,
        }).node.path,
    );
    expect(paths).toEqual([
      'test/pubsub/topics/order-placed',
      'test/pubsub/topics/component',
      'test/pubsub/topics/a.b_c',
    ]);
  });

  it('gives copies of its lists', () => {
    const { pubSub } = new TestPlatform();
    const { contracts } = pubSub.topicOf(OrderPlaced);
    (contracts as unknown[]).length = 0;
    expect(pubSub.topicOf(OrderPlaced).contracts).toHaveLength(1);
  });

  it('refuses to keep nothing, and sizes of nothing, all at once', () => {
    expect(() =>
      topic({
        retention: Duration.millis(0),
        deadLetterRetention: Duration.millis(NaN),
        maxMessageSize: Size.kibibytes(0),
        throughput: Size.kibibytes(0),
      }),
    )
      .toThrow(`test/pubsub: topic 'order-placed': retention (0 s) is too short to keep events: use 1 second or more [EP3002]
test/pubsub: topic 'order-placed': deadLetterRetention (NaN s) is too short to keep events: use 1 second or more [EP3002]
test/pubsub: topic 'order-placed': maxMessageSize (0 bytes) must be at least 1 KiB [EP3002]
test/pubsub: topic 'order-placed': throughput (0 bytes) must be at least 1 KiB [EP3002]`);
  });

  it("refuses to keep nothing because of the broker's default", () => {
    const test = new TestPlatform(undefined, { retention: Duration.millis(0) });
    expect(() => test.producer()).toThrow('retention (0 s) is too short to keep events');
  });
});
