import { describe, expect, it } from 'vitest';
import {
  Environment,
  ExternalKafkaAuthentication,
  type IMessageBroker,
  KafkaCluster,
  type StartPosition,
} from '../index.ts';
import { EVERY_BROKER } from '../testing/every-broker.ts';
import { orderProcessor, TestPlatform } from '../testing/fixtures.ts';
import { messageOf } from '../testing/refusal.ts';

const TIME = new Date('2026-01-01T00:00:00Z');

function on(broker: string): TestPlatform<IMessageBroker> {
  return new TestPlatform(Environment.local(), EVERY_BROKER[broker]);
}

describe('a start', () => {
  it.each([
    [
      'RabbitMqCluster',
      'beginning',
      "RabbitMQ keeps no events for a queue that is not there yet: use 'now', leave startFrom out, or use a KafkaCluster",
    ],
    [
      'RabbitMqCluster',
      TIME,
      "RabbitMQ keeps no events for a queue that is not there yet: use 'now', leave startFrom out, or use a KafkaCluster",
    ],
    [
      'NatsJetStream',
      'now',
      "Dapr's component of JetStream has one deliverPolicy for all apps, 'all', and its client refuses a consumer with another one: leave startFrom out, or use a KafkaCluster",
    ],
    [
      'NatsJetStream',
      TIME,
      "Dapr's component of JetStream has one deliverPolicy for all apps, 'all', and its client refuses a consumer with another one: leave startFrom out, or use a KafkaCluster",
    ],
    [
      'StrimziKafka',
      'now',
      'Strimzi has no object for the offsets of a group: leave startFrom out, and run this before the consumer first starts: kafka-consumer-groups.sh --bootstrap-server kafka-kafka-bootstrap.event-driven.svc.cluster.local:9092 --group order-processor --topic order-placed --reset-offsets --to-latest --execute',
    ],
    [
      'ExternalKafka',
      TIME,
      "topics of Kafka 'test/broker' are 'existing', and only the Job for 'provisioned' topics sets offsets: leave startFrom out, and run this before the consumer first starts: kafka-consumer-groups.sh --bootstrap-server b-1.example.com:9098 --group event-driven.order-processor --topic order-placed --reset-offsets --to-datetime 2026-01-01T00:00:00.000Z --execute",
    ],
  ] as const)('is refused where %s does not allow it: %s', (broker, startFrom, reason) => {
    const shown = startFrom instanceof Date ? '2026-01-01T00:00:00.000Z' : `'${startFrom}'`;
    expect(messageOf(() => on(broker).consumer({ startFrom }))).toBe(
      `test/order-processor/subscription-order-placed: startFrom (${shown}) is not possible in topic 'order-placed': ${reason} [EP3006]`,
    );
  });

  it('is refused by a broker that does not say that it can', () => {
    const test = on('KafkaCluster');
    Object.assign(test.broker, { startProblem: undefined });
    expect(messageOf(() => test.consumer({ startFrom: 'now' }))).toBe(
      "test/order-processor/subscription-order-placed: startFrom ('now') is not possible in topic 'order-placed': broker 'test/broker' does not let the platform say where consumers start: leave startFrom out [EP3006]",
    );
  });

  it.each(['yesterday', new Date(Number.NaN)])('is not %s', (startFrom) => {
    expect(
      messageOf(() => on('KafkaCluster').consumer({ startFrom: startFrom as StartPosition })),
    ).toMatch(
      /^test\/order-processor: startFrom \(.+\) must be 'beginning', 'now' or a valid Date \[EP1001\]$/,
    );
  });

  it.each([
    ['KafkaCluster', 'now', 'kafka-topics', 'start_group order-processor order-placed --to-latest'],
    [
      'KafkaCluster',
      TIME,
      'kafka-topics',
      'start_group order-processor order-placed --to-datetime 2026-01-01T00:00:00.000Z',
    ],
    ['RedisStreams', 'now', 'redis-topics', "ensure_group order-placed order-processor '$'"],
    [
      'RedisStreams',
      TIME,
      'redis-topics',
      'ensure_group order-placed order-processor 1767225599999-18446744073709551615',
    ],
  ] as const)('is set by the Job of %s: %s', (broker, startFrom, job, line) => {
    const test = on(broker);
    test.producer();
    test.consumer({ startFrom });
    expect(test.script(job).split('\n')).toContain(line);
  });

  it.each([
    ['RabbitMqCluster', 'now'],
    ['NatsJetStream', 'beginning'],
    ['StrimziKafka', 'beginning'],
    ['ExternalKafka', 'beginning'],
    ['KafkaCluster', 'beginning'],
  ] as const)('changes nothing where groups of %s start so anyway: %s', (broker, startFrom) => {
    const objects = (start?: StartPosition) => {
      const test = on(broker);
      test.producer();
      test.consumer(start === undefined ? {} : { startFrom: start });
      return test.objects();
    };
    expect(objects(startFrom)).toEqual(objects());
  });

  it('is set with the group of a shared Kafka whose topics are provisioned', () => {
    const test = new TestPlatform(Environment.local(), (platform) =>
      KafkaCluster.fromBootstrap(platform, 'kafka', {
        bootstrapServers: ['b-1.example.com:9092'],
        authentication: ExternalKafkaAuthentication.none(),
        topics: 'provisioned',
      }),
    );
    test.producer();
    test.consumer({ startFrom: 'now' }, orderProcessor);
    expect(test.script('kafka-topics')).toContain(
      '\nstart_group event-driven.order-processor order-placed --to-latest\n',
    );
  });
});
