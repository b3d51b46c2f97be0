import { describe, expect, it } from 'vitest';
import { Environment } from '../../platform/index.ts';
import type { AnyManifest, TestPlatform } from '../../testing/fixtures.ts';
import { kafkaOf, strimzi } from '../../testing/strimzi.ts';
import type { StrimziKafka } from './strimzi-kafka.ts';

const acls = (test: TestPlatform<StrimziKafka>, user: string) =>
  (
    test.object('KafkaUser', user).spec.authorization.acls as {
      resource: { type: string; name: string };
      operations: string[];
    }[]
  ).map(({ resource, operations }) => `${resource.type} ${resource.name}: ${operations.join()}`);

const settings = (test: TestPlatform<StrimziKafka>) =>
  test.object('Component', 'pubsub').spec.metadata as AnyManifest[];

describe('users', () => {
  it('may do what they were granted, and nothing else', () => {
    const test = strimzi();
    expect(acls(test, 'shop')).toEqual(['topic order-placed: Write,Describe']);
    expect(acls(test, 'order-processor')).toEqual([
      'topic order-placed.order-processor.dlq: Write,Describe',
      'topic order-placed: Read,Describe',
      'group order-processor: Read',
    ]);
    expect(acls(test, 'keda')).toEqual([
      'topic order-placed: Describe',
      'group order-processor: Describe',
    ]);
    expect(kafkaOf(test).kafka.authorization).toEqual({ type: 'simple' });
  });

  it('have the password of the Secret that every broker of the platform has', () => {
    const test = strimzi();
    expect(test.object('KafkaUser', 'shop').spec.authentication).toEqual({
      type: 'scram-sha-512',
      password: { valueFrom: { secretKeyRef: { name: 'shop-broker', key: 'password' } } },
    });
    expect(test.platform.secrets.map(({ name }) => name)).toEqual([
      'keda-broker',
      'order-processor-broker',
      'order-processor-postgres',
      'postgres-credentials',
      'postgres-due-work',
      'shop-broker',
    ]);
    // Secrets of Strimzi's own have other names than anything else in the namespace.
    expect(kafkaOf(test).entityOperator.userOperator.secretPrefix).toBe('kafka-user-');
  });

  it('log in by SCRAM over TLS: sidecars and KEDA', () => {
    const test = strimzi();
    const authority = 'kafka-cluster-ca-cert';
    expect(settings(test)).toEqual(
      expect.arrayContaining([
        { name: 'brokers', value: 'kafka-kafka-bootstrap.event-driven.svc.cluster.local:9093' },
        { name: 'authType', value: 'password' },
        { name: 'saslUsername', envRef: 'BROKER_USERNAME' },
        { name: 'saslPassword', envRef: 'BROKER_PASSWORD' },
        { name: 'saslMechanism', value: 'SHA-512' },
        { name: 'caCert', secretKeyRef: { name: authority, key: 'ca.crt' } },
        { name: 'consumerGroup', value: '{appID}' },
      ]),
    );
    expect(test.object('ScaledObject', 'order-processor').spec.triggers[0]).toMatchObject({
      metadata: { sasl: 'scram_sha512', tls: 'enable', consumerGroup: 'order-processor' },
      authenticationRef: { name: 'kafka-keda' },
    });
    expect(test.object('TriggerAuthentication', 'kafka-keda').spec.secretTargetRef).toEqual([
      { parameter: 'username', name: 'keda-broker', key: 'username' },
      { parameter: 'password', name: 'keda-broker', key: 'password' },
      { parameter: 'ca', name: authority, key: 'ca.crt' },
    ]);
  });

  it('are not there locally', () => {
    const test = strimzi({}, Environment.local());
    const names = test.objects().map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names.filter((name) => /^(KafkaUser|TriggerAuthentication)\//.test(name))).toEqual([
      'TriggerAuthentication/postgres-keda',
    ]);
    expect(settings(test)).toContainEqual({ name: 'authType', value: 'none' });
    expect(kafkaOf(test).kafka.listeners).toMatchObject([
      { name: 'plain', port: 9092, tls: false },
    ]);
    expect(kafkaOf(test).entityOperator.userOperator).toBeUndefined();
  });
});
