import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { consumerConfig, streamConfig } from './stream-config.ts';
import { streamScript } from './stream-script.ts';

const topic: TopicSpec = {
  name: 'orders.shop.dlq',
  partitions: 3,
  replicationFactor: 3,
  minInSyncReplicas: 2,
  retention: Duration.days(28),
};
const consumer = { topic: topic.name, appId: 'archive', maxInFlight: 30 };
const options = {
  url: 'nats://nats.ns.svc.cluster.local:4222',
  topics: [topic],
  consumers: [consumer],
  maxMessageSize: Size.mebibytes(1),
};

describe('streamConfig', () => {
  it('keeps all that was confirmed until it is too old', () => {
    expect(streamConfig(topic, Size.mebibytes(1))).toMatchObject({
      name: 'orders_shop_dlq',
      subjects: ['orders.shop.dlq'],
      retention: 'limits',
      storage: 'file',
      num_replicas: 3,
      max_age: 28 * 24 * 3600 * 1e9,
      max_msgs: -1,
      max_bytes: -1,
      discard: 'new',
    });
  });

  it('takes messages of the largest size with their headers', () => {
    expect(streamConfig(topic, Size.mebibytes(1)).max_msg_size).toBe(1024 * 1024 + 4096);
  });

  it('hardly looks at ids, which are unique only within a source', () => {
    expect(streamConfig(topic, Size.mebibytes(1)).duplicate_window).toBe(1e8);
  });
});

describe('consumerConfig', () => {
  it('stays without pods, begins with the oldest event, and delivers without end', () => {
    const config = consumerConfig(consumer);
    expect(config).toMatchObject({
      durable_name: 'archive',
      deliver_policy: 'all',
      ack_policy: 'explicit',
      max_deliver: -1,
      max_ack_pending: 30,
      filter_subject: 'orders.shop.dlq',
    });
    expect(config).not.toHaveProperty('inactive_threshold');
    expect(config).not.toHaveProperty('mem_storage');
  });

  it('has one subject and one group for all pods of an app', () => {
    expect(consumerConfig(consumer)).toMatchObject({
      deliver_subject: '_deliver.orders_shop_dlq.archive',
      deliver_group: 'archive',
    });
  });

  it('waits for an acknowledgement longer than a sidecar tries', () => {
    expect(consumerConfig(consumer).ack_wait).toBe(40e9);
  });
});

describe('streamScript', () => {
  const calls = (script: string) =>
    [...script.matchAll(/^(ensure_\w+) (\S+) '(.*)'$/gm)].map(([, name, subject, body]) => [
      name,
      subject,
      JSON.parse(body!) as unknown,
    ]);

  it('makes streams, and then their consumers', () => {
    expect(calls(streamScript(options))).toEqual([
      ['ensure_stream', 'orders_shop_dlq', streamConfig(topic, options.maxMessageSize)],
      [
        'ensure_consumer',
        'orders_shop_dlq.archive.orders.shop.dlq',
        { stream_name: 'orders_shop_dlq', config: consumerConfig(consumer) },
      ],
    ]);
    expect(streamScript(options)).toContain('echo "1 streams and 1 consumers are as declared"\n');
  });

  it('waits for the servers it is given, and takes others from its environment', () => {
    const script = streamScript(options);
    expect(script).toContain('NATS_URL="${NATS_URL:-nats://nats.ns.svc.cluster.local:4222}"\n');
    expect(script).toMatch(/^persist INFO ''$/m);
  });

  it('changes a stream that is there and configured otherwise', () => {
    // What the server says to a name that is taken.
    expect(streamScript(options)).toContain(`*'"err_code":10058'*)`);
    expect(streamScript(options)).toContain('persist "STREAM.UPDATE.$1" "$2"\n');
  });

  it('stops at the first error, and removes nothing', () => {
    expect(streamScript(options)).toMatch(/^set -eu\n/);
    expect(streamScript(options)).not.toMatch(/DELETE|PURGE/);
  });

  it('renders as before', () => {
    expect(streamScript(options)).toMatchSnapshot();
  });
});
