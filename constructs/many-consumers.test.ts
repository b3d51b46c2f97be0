import { ApiObject, App } from 'cdk8s';
import { Node } from 'constructs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type EventPlatform,
  ExternalKafkaAuthentication,
  type IMessageBroker,
  KafkaCluster,
  NatsJetStream,
  RabbitMqCluster,
  readPlatform,
  RedisStreams,
  renderPlatform,
  StrimziKafka,
  topicTable,
} from './index.ts';
import { manyConsumers } from './testing/many-consumers.ts';

const BROKERS: Readonly<Record<string, (platform: EventPlatform) => IMessageBroker>> = {
  Kafka: (platform) => new KafkaCluster(platform, 'broker'),
  'a Kafka of somebody else': (platform) =>
    KafkaCluster.fromBootstrap(platform, 'broker', {
      bootstrapServers: ['b-1.kafka.example.com:9096'],
      authentication: ExternalKafkaAuthentication.scramSha512(),
      topics: 'provisioned',
    }),
  "Strimzi's Kafka": (platform) => new StrimziKafka(platform, 'broker'),
  RabbitMQ: (platform) => new RabbitMqCluster(platform, 'broker'),
  Redis: (platform) => new RedisStreams(platform, 'broker'),
  NATS: (platform) => new NatsJetStream(platform, 'broker'),
};

/** How often the tree, or a part of it, is walked. */
function walksOf(work: () => void): number {
  const findAll = vi.spyOn(Node.prototype, 'findAll');
  work();
  const { length } = findAll.mock.calls;
  findAll.mockRestore();
  return length;
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(Object.entries(BROKERS))('a platform with %s', (_name, broker) => {
  it('is declared without a walk through the tree', () => {
    expect(walksOf(() => manyConsumers(12, broker))).toBe(0);
  });

  it('is rendered by as many walks as any other, however many consumers it has', () => {
    const walks = (consumers: number) => {
      const platform = manyConsumers(consumers, broker);
      return walksOf(() => renderPlatform(platform));
    };
    expect(walks(50)).toBe(walks(10));
  });
});

describe('a platform with many consumers', () => {
  it('has each object resolved once, for checks, hashes and files together', () => {
    const platform = manyConsumers(12);
    const toJson = vi.spyOn(ApiObject.prototype, 'toJson');
    const objects = renderPlatform(platform).flatMap((layer) => layer.objects);
    expect(toJson.mock.calls.length).toBe(objects.length);
    expect(new Set(toJson.mock.contexts).size).toBe(objects.length);
  });

  it("is rendered by cdk8s' own synth with as many walks as any other", () => {
    const walks = (consumers: number) => {
      const app = App.of(manyConsumers(consumers));
      return walksOf(() => app.synthYaml());
    };
    expect(walks(50)).toBe(walks(10));
  });

  it('is drawn by as many walks as any other', () => {
    const walks = (consumers: number) => {
      const platform = manyConsumers(consumers);
      return walksOf(() => [readPlatform(platform), topicTable(platform)]);
    };
    expect(walks(50)).toBe(walks(10));
  });
});
