import { describe, expect, it } from 'vitest';
import type { PubSubBinding } from '../messaging/message-broker.ts';
import { bindingProblems } from './binding-problems.ts';
import { setting, settingFromEnv } from '../messaging/component-metadata.ts';

function kafka(settings: Readonly<Record<string, string>>): PubSubBinding {
  const all = {
    brokers: 'kafka.ns.svc.cluster.local:9092',
    authType: 'none',
    initialOffset: 'oldest',
    ...settings,
  };
  return {
    type: 'pubsub.kafka',
    version: 'v1',
    metadata: Object.entries(all).map(([name, value]) => setting(name, value)),
  };
}

describe('bindingProblems', () => {
  it('finds nothing in what works', () => {
    expect(bindingProblems(kafka({}), true)).toEqual([]);
    const login = kafka({ authType: 'password', saslMechanism: 'SHA-512' });
    expect(bindingProblems(login, true)).toEqual([]);
    const fromEnv = { ...login, metadata: [...login.metadata, settingFromEnv('x', 'Y')] };
    expect(bindingProblems(fromEnv, true)).toEqual([]);
  });

  it.each([
    [
      { consumerGroup: '{namespace}.{appID}' },
      "setting 'consumerGroup' has '{namespace}' in it, which makes Dapr prefix the names of topics: write the namespace out",
    ],
    [
      { saslMechanism: 'SCRAM-SHA-512' },
      "saslMechanism 'SCRAM-SHA-512' is not one that Dapr knows, and it would log in with PLAIN: use SHA-256 or SHA-512, or leave it out for PLAIN",
    ],
    [
      { authType: 'password', disableTls: 'true' },
      "authType 'password' without TLS sends passwords that everybody on the way can read: leave disableTls out",
    ],
    [
      { initialOffset: 'newest' },
      "initialOffset is 'newest', and events that are published while a consumer is at zero would be skipped: use 'oldest'",
    ],
    [
      { producerRequiredAcks: 'local' },
      "producerRequiredAcks is 'local', and an event that was confirmed would be lost with the server that has it: leave it out, or use 'all'",
    ],
    [
      { brokers: 'kafka.ns.svc.cluster.local:9092,kafka-headless:9092' },
      "broker 'kafka-headless:9092' is not a full name with a port, and KEDA would look it up in a namespace of its own: use e.g. 'kafka.event-driven.svc.cluster.local:9092'",
    ],
  ])('refuses Kafka with %o', (settings, expected) => {
    expect(bindingProblems(kafka(settings), true)).toEqual([expected]);
  });

  it('lets passwords in the clear pass for development', () => {
    expect(bindingProblems(kafka({ authType: 'password', disableTls: 'true' }), false)).toEqual([]);
  });

  it('refuses subscriptions that do not outlive their consumers', () => {
    const binding = (type: string, metadata: PubSubBinding['metadata']) =>
      bindingProblems({ type, version: 'v1', metadata }, true);
    expect(binding('pubsub.rabbitmq', [])).toEqual([
      "queues would go when the last consumer does, and a consumer at zero would lose what is published: set durable to 'true' and deletedWhenUnused to 'false'",
    ]);
    expect(binding('pubsub.rabbitmq', [setting('deletedWhenUnused', false)])).toEqual([]);
    expect(binding('pubsub.jetstream', [])).toEqual([
      "consumers have no durableName, and one at zero would lose its place: set durableName to '{appID}'",
    ]);
    expect(binding('pubsub.jetstream', [setting('durableName', '{appID}')])).toEqual([]);
  });
});
