import { expect, it } from 'vitest';
import { realBroker, settingsFor } from './real-broker.ts';

const KAFKA = ['pubsub.kafka'];

it.each([
  [KAFKA, undefined, { kind: 'kafka', address: '127.0.0.1:9092' }],
  [KAFKA, 'kafka', { kind: 'kafka', address: '127.0.0.1:9092' }],
  [KAFKA, 'kafka=broker.local:19092', { kind: 'kafka', address: 'broker.local:19092' }],
  [['pubsub.redis', 'pubsub.redis'], undefined, { kind: 'redis', address: '127.0.0.1:6379' }],
])('finds the broker of %j by %j', (components, wanted, broker) => {
  expect(realBroker(components, wanted)).toEqual(broker);
});

it.each([
  [
    KAFKA,
    'redis',
    "--broker 'redis' is not the broker of the chart: use kafka, or kafka=HOST:PORT",
  ],
  [KAFKA, 'kafka=', "--broker '' is not an address"],
  [KAFKA, 'kafka=localhost', "--broker 'localhost' is not an address: use kafka=HOST:PORT"],
  [KAFKA, 'kafka=http://a:1', "--broker 'http://a:1' is not an address"],
  [
    ['pubsub.jetstream'],
    undefined,
    'NATS has streams only once a Job of the chart has created them',
  ],
  [['pubsub.rabbitmq'], 'rabbitmq', 'RabbitMQ has policies and users only once a Job'],
  [['pubsub.pulsar'], undefined, '--dapr does not work with pubsub.pulsar'],
  [[], undefined, 'the chart declares 0 kinds of brokers'],
  [['pubsub.kafka', 'pubsub.redis'], undefined, 'the chart declares 2 kinds of brokers'],
])('refuses for %j: %j', (components, wanted, problem) => {
  expect(() => realBroker(components, wanted)).toThrow(problem);
});

it('leads a component to the broker, without encryption and login, and keeps its other settings', () => {
  const settings = [
    { name: 'brokers', value: 'kafka.events.svc:9093' },
    { name: 'authType', value: 'password' },
    { name: 'saslPassword', secretKeyRef: { name: 'kafka', key: 'password' } },
    { name: 'caCert', secretKeyRef: { name: 'kafka-ca', key: 'ca.crt' } },
    { name: 'consumerGroup', value: '{appID}' },
    { name: 'allowedTopics', value: 'orders' },
  ];
  expect(settingsFor({ kind: 'kafka', address: 'a:1' }, settings)).toEqual([
    { name: 'consumerGroup', value: '{appID}' },
    { name: 'allowedTopics', value: 'orders' },
    { name: 'brokers', value: 'a:1' },
    { name: 'authType', value: 'none' },
    { name: 'disableTls', value: 'true' },
  ]);
});
