import { App } from 'cdk8s';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import {
  Environment,
  EventPlatform,
  ExternalKafkaAuthentication,
  KafkaCluster,
  StrimziKafka,
} from '../../index.ts';
import { inProduction } from '../../testing/fixtures.ts';
import type { Compression, IMessageBroker } from '../../messaging/message-broker.ts';

interface Options {
  readonly compression?: Compression | 'none';
}

const bootstrapServers = ['kafka.example.com:9092'];
const KAFKAS: Readonly<Record<string, (scope: Construct, options: Options) => IMessageBroker>> = {
  KafkaCluster: (scope, options) => new KafkaCluster(scope, 'kafka', options),
  StrimziKafka: (scope, options) => new StrimziKafka(scope, 'kafka', options),
  'KafkaCluster.fromBootstrap': (scope, options) =>
    KafkaCluster.fromBootstrap(scope, 'kafka', {
      authentication: ExternalKafkaAuthentication.scramSha512(),
      bootstrapServers,
      ...options,
    }),
};

function compressionOf(broker: IMessageBroker): unknown {
  const setting = broker.pubSubBinding().metadata.find(({ name }) => name === 'compression');
  return setting !== undefined && 'value' in setting ? setting.value : undefined;
}

function platform(environment: Environment): EventPlatform {
  return new EventPlatform(new App(), 'test', { environment });
}

describe.each(Object.entries(KAFKAS))('sidecars of %s', (_name, kafka) => {
  it('compress in production, and not locally', () => {
    expect(compressionOf(kafka(platform(inProduction()), {}))).toBe('zstd');
    expect(compressionOf(kafka(platform(Environment.local()), {}))).toBeUndefined();
  });

  it('compress as they are told', () => {
    expect(compressionOf(kafka(platform(Environment.local()), { compression: 'lz4' }))).toBe('lz4');
    expect(compressionOf(kafka(platform(inProduction()), { compression: 'none' }))).toBeUndefined();
  });

  it('rejects a compression that Kafka does not have', () => {
    const options = { compression: 'brotli' as 'zstd' };
    expect(() => kafka(platform(Environment.local()), options)).toThrow(/compression \('brotli'\)/);
  });
});

describe('Event Hubs', () => {
  const authentication = ExternalKafkaAuthentication.eventHubs({ namespace: 'shop' });
  const eventHubs = (options: Options) =>
    KafkaCluster.fromBootstrap(platform(inProduction()), 'kafka', { authentication, ...options });

  it('is sent nothing compressed, unless told to: only some tiers take it', () => {
    expect(compressionOf(eventHubs({}))).toBeUndefined();
    expect(compressionOf(eventHubs({ compression: 'gzip' }))).toBe('gzip');
  });

  it('rejects what it does not take', () => {
    expect(() => eventHubs({ compression: 'zstd' })).toThrow(
      "compression 'zstd' is one that Event Hubs does not take: use none or gzip",
    );
  });
});
