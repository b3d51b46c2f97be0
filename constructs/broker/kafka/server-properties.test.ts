import { Duration, Size } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  heapOptions,
  serverProperties,
  type ServerPropertiesOptions,
} from './server-properties.ts';

const options: ServerPropertiesOptions = {
  roles: ['broker', 'controller'],
  headlessHost: 'kafka-headless.ns.svc.cluster.local',
  quorum: {
    name: 'kafka',
    headlessHost: 'kafka-headless.ns.svc.cluster.local',
    replicas: 3,
    firstId: 0,
  },
  brokers: 3,
  replicationFactor: 3,
  minInSyncReplicas: 2,
  partitions: 6,
  retention: Duration.days(2),
  offsetsRetention: Duration.days(3),
  maxMessageSize: Size.mebibytes(2),
  secured: false,
  rackAware: false,
  properties: {},
};

function lines(change: Partial<ServerPropertiesOptions> = {}): [string, string][] {
  return serverProperties({ ...options, ...change })
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
}

const properties = (change?: Partial<ServerPropertiesOptions>) =>
  Object.fromEntries(lines(change)) as Record<string, string>;

describe('serverProperties', () => {
  it('says each thing once', () => {
    const keys = lines().map(([key]) => key);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('names every node in the quorum, by its ordinal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), (replicas) => {
        const voters = properties({ quorum: { ...options.quorum, replicas } })[
          'controller.quorum.voters'
        ]!.split(',');
        expect(voters).toEqual(
          Array.from(
            { length: replicas },
            (_, id) => `${id}@kafka-${id}.kafka-headless.ns.svc.cluster.local:9093`,
          ),
        );
      }),
    );
  });

  it('serves every node from one file', () => {
    expect(properties()).toMatchObject({
      'node.id': '${env:NODE_ID}',
      'config.providers': 'env',
      'config.providers.env.class': 'org.apache.kafka.common.config.provider.EnvVarConfigProvider',
      'advertised.listeners':
        'CLIENT://${env:POD_NAME}.kafka-headless.ns.svc.cluster.local:9092,INTERNAL://${env:POD_NAME}.kafka-headless.ns.svc.cluster.local:9091',
    });
  });

  it('keeps all internal topics in as many copies as the rest', () => {
    expect(properties()).toMatchObject({
      'default.replication.factor': '3',
      'min.insync.replicas': '2',
      'offsets.topic.replication.factor': '3',
      'transaction.state.log.replication.factor': '3',
      'transaction.state.log.min.isr': '2',
      'share.coordinator.state.topic.replication.factor': '3',
      'share.coordinator.state.topic.min.isr': '2',
    });
  });

  it('neither makes topics up nor loses messages', () => {
    expect(properties()).toMatchObject({
      'auto.create.topics.enable': 'false',
      'unclean.leader.election.enable': 'false',
    });
  });

  it('writes sizes and times in the units of Kafka', () => {
    expect(properties()).toMatchObject({
      'num.partitions': '6',
      'log.retention.ms': '172800000',
      'offsets.retention.minutes': '4320',
      'message.max.bytes': '2097152',
      'replica.fetch.max.bytes': '2097152',
    });
  });

  it('waits for members of a group only where there are more nodes', () => {
    expect(properties()['group.initial.rebalance.delay.ms']).toBe('3000');
    expect(properties({ brokers: 1 })['group.initial.rebalance.delay.ms']).toBe('0');
  });
});

it('heapOptions give half of the memory, rounded down', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 1 << 20 }), (mebibytes) => {
      const heap = Math.floor(mebibytes / 2);
      expect(heapOptions(Size.mebibytes(mebibytes))).toBe(`-Xms${heap}m -Xmx${heap}m`);
    }),
  );
});
