import { describe, expect, it } from 'vitest';
import { Environment } from '../../platform/index.ts';
import { type AnyManifest, TestPlatform } from '../../testing/fixtures.ts';
import { ExternalKafkaAuthentication as Authentication } from './external-authentication.ts';
import {
  external,
  mskIam,
  mskScram,
  production,
  type Setting,
  settings,
  sidecarSecrets,
  trigger,
} from '../../testing/external-kafka.ts';
import { KafkaCluster } from '../kafka/kafka-cluster.ts';

const certificateAuthority = { secret: 'kafka-authority' };

describe('ExternalKafkaAuthentication', () => {
  it('none: nothing to log in with, and no TLS', () => {
    const test = external();
    expect(settings(test)).toMatchObject({ authType: 'none' });
    expect(trigger(test).metadata).not.toHaveProperty('tls');
    expect(trigger(test).authenticationRef).toBeUndefined();
    const logins = test.objects().filter(({ kind }) => kind === 'TriggerAuthentication');
    expect(logins.map(({ metadata }) => metadata.name)).toEqual(['postgres-keda']);
    expect(sidecarSecrets(test, 'shop')).toBeUndefined();
  });

  it('none with an authority: TLS, whose certificates are verified', () => {
    const test = external({ authentication: Authentication.none({ certificateAuthority }) });
    expect(settings(test)).toMatchObject({
      authType: 'certificate',
      caCert: { secretKeyRef: { name: 'kafka-authority', key: 'ca.crt' } },
    });
    expect(trigger(test)).toMatchObject({
      metadata: { tls: 'enable' },
      authenticationRef: { name: 'kafka-keda' },
    });
    expect(test.object('TriggerAuthentication', 'kafka-keda').spec).toEqual({
      secretTargetRef: [{ parameter: 'ca', name: 'kafka-authority', key: 'ca.crt' }],
    });
  });

  it.each([
    ['scramSha256', 'SHA-256', 'scram_sha256', 'scram-sha256'],
    ['scramSha512', 'SHA-512', 'scram_sha512', 'scram-sha512'],
    ['plain', undefined, 'plaintext', 'plain'],
  ] as const)('%s: an account for each client', (factory, dapr, sasl, mechanism) => {
    const test = external({ authentication: Authentication[factory]() });
    expect(settings(test)).toMatchObject({
      authType: 'password',
      saslUsername: { envRef: 'BROKER_USERNAME' },
      saslPassword: { envRef: 'BROKER_PASSWORD' },
    });
    expect(settings(test).saslMechanism).toBe(dapr);
    expect(settings(test)).not.toHaveProperty('disableTls');
    expect(sidecarSecrets(test, 'order-processor')).toBe(
      'BROKER_USERNAME=order-processor-broker:username,BROKER_PASSWORD=order-processor-broker:password,BROKER_URL=order-processor-broker:url',
    );
    expect(trigger(test)).toMatchObject({
      metadata: { sasl, tls: 'enable' },
      authenticationRef: { name: 'kafka-keda' },
    });
    expect(test.object('TriggerAuthentication', 'kafka-keda').spec).toEqual({
      secretTargetRef: [
        { parameter: 'username', name: 'keda-broker', key: 'username' },
        { parameter: 'password', name: 'keda-broker', key: 'password' },
      ],
    });
    const [exporter] = test.object('Deployment', 'kafka-exporter').spec.template.spec
      .containers as AnyManifest[];
    expect(exporter!.args).toEqual(
      expect.arrayContaining([
        '--sasl.enabled',
        `--sasl.mechanism=${mechanism}`,
        '--sasl.username=$(BROKER_USERNAME)',
        '--tls.enabled',
      ]),
    );
    expect((exporter!.env as Setting[]).map(({ name }) => name)).toEqual([
      'BROKER_USERNAME',
      'SASL_USER_PASSWORD',
    ]);
    const accounts = test.platform.secrets.filter(({ name }) => name.endsWith('-broker'));
    expect(accounts.map(({ name }) => name)).toEqual([
      'kafka-exporter-broker',
      'keda-broker',
      'order-processor-broker',
      'shop-broker',
    ]);
    for (const { keys } of accounts) {
      expect(keys).toMatchObject({
        username: { kind: 'external' },
        password: { kind: 'external' },
        url: { kind: 'literal' },
      });
    }
  });

  it('one Secret for all, if asked for', () => {
    const authentication = Authentication.scramSha512({ sharedSecret: 'kafka-account' });
    const test = external({ authentication });
    expect(settings(test)).toMatchObject({
      saslUsername: { secretKeyRef: { name: 'kafka-account', key: 'username' } },
      saslPassword: { secretKeyRef: { name: 'kafka-account', key: 'password' } },
    });
    expect(sidecarSecrets(test, 'shop')).toBeUndefined();
    expect(test.platform.secrets.map(({ name }) => name)).toEqual([
      'kafka-account',
      'order-processor-postgres',
      'order-processor-sidecar-token',
      'postgres-credentials',
      'postgres-due-work',
      'shop-sidecar-token',
    ]);
  });

  it('passwords without TLS: said to Dapr, and refused in production', () => {
    const authentication = Authentication.scramSha512({ tls: false });
    const test = external({ authentication }, Environment.local());
    expect(settings(test)).toMatchObject({ disableTls: 'true' });
    expect(trigger(test).metadata).not.toHaveProperty('tls');
    expect(() => external({ authentication })).toThrow(
      "test/kafka: tls is off for 'b-1.kafka.example.com:9096,b-2.kafka.example.com:9096': passwords would cross the network in the clear in production; leave tls on",
    );
  });

  it('an authority of its own: everybody gets its certificate', () => {
    const authentication = Authentication.scramSha512({
      certificateAuthority: { secret: 'trust', key: 'root.pem' },
    });
    const test = external({ authentication, topics: 'provisioned' });
    expect(settings(test)).toMatchObject({
      caCert: { secretKeyRef: { name: 'trust', key: 'root.pem' } },
    });
    expect(test.object('TriggerAuthentication', 'kafka-keda').spec.secretTargetRef).toContainEqual({
      parameter: 'ca',
      name: 'trust',
      key: 'root.pem',
    });
    for (const [kind, name] of [
      ['Deployment', 'kafka-exporter'],
      ['Job', 'kafka-topics'],
    ] as const) {
      expect(test.object(kind, name).spec.template.spec.volumes).toContainEqual({
        name: 'authority',
        secret: { secretName: 'trust', items: [{ key: 'root.pem', path: 'ca.crt' }] },
      });
    }
  });

  it('mskIam: identities instead of passwords', () => {
    const test = external({ authentication: mskIam() });
    expect(settings(test)).toMatchObject({
      authType: 'awsiam',
      region: 'eu-central-1',
      assumeRoleArn: 'arn:aws:iam::123456789012:role/kafka',
    });
    expect(trigger(test).metadata).toMatchObject({
      sasl: 'oauthbearer',
      saslTokenProvider: 'aws_msk_iam',
      awsRegion: 'eu-central-1',
      tls: 'enable',
    });
    expect(test.object('TriggerAuthentication', 'kafka-keda').spec).toEqual({
      podIdentity: { provider: 'aws', roleArn: 'arn:aws:iam::123456789012:role/kafka' },
    });
    const { spec } = test.object('Deployment', 'kafka-exporter').spec.template;
    expect(spec.serviceAccountName).toBe('kafka-exporter');
    expect(spec.containers[0].args).toContain('--sasl.mechanism=awsiam');
    expect(test.object('ServiceAccount', 'kafka-exporter')).toBeDefined();
    const { egress } = test.object('NetworkPolicy', 'shop').spec;
    expect(egress).toContainEqual({ ports: [{ port: 443, protocol: 'TCP' }] });
    expect(egress).toContainEqual({
      to: [{ ipBlock: { cidr: '169.254.170.23/32' } }],
      ports: [{ port: 80, protocol: 'TCP' }],
    });
    expect(sidecarSecrets(test, 'shop')).toBeUndefined();
    expect(
      test.platform.secrets.filter(({ name }) => !/postgres|sidecar-token/.test(name)),
    ).toEqual([]);
  });

  it('mskIam: says which ServiceAccounts get identities, those that exist included', () => {
    const test = external({
      authentication: mskIam(),
      exporterServiceAccount: { name: 'watcher', create: false },
    });
    expect(test.broker.exporterIdentity).toEqual({ name: 'watcher', serviceAccount: undefined });
    expect(test.object('Deployment', 'kafka-exporter').spec.template.spec).toMatchObject({
      serviceAccountName: 'watcher',
    });
    const rendered = test.objects().filter(({ kind }) => kind === 'ServiceAccount');
    expect(rendered.map(({ metadata }) => metadata.name)).not.toContain('kafka-exporter');
    expect(
      test.broker.grants.map(({ client, serviceAccount }) => [client, serviceAccount]),
    ).toContainEqual(['shop', 'shop']);
  });

  it('mskScram: says which secret of AWS has the values', () => {
    const test = external({ authentication: mskScram() });
    expect(settings(test)).toMatchObject({ saslMechanism: 'SHA-512' });
    const account = test.platform.secrets.find(({ name }) => name === 'shop-broker');
    expect(account?.keys.password).toEqual({
      kind: 'external',
      description: "password in the AWS secret 'AmazonMSK_shop-shop'",
    });
    expect(() => external({ authentication: mskScram('') }).objects()).toThrow(
      /test\/kafka: awsSecretName 'shop' does not start with 'AmazonMSK_'/,
    );
  });

  it('eventHubs: one connection string for all, by PLAIN', () => {
    const options = {
      authentication: Authentication.eventHubs({ namespace: 'contoso' }),
      bootstrapServers: ['contoso.servicebus.windows.net:9093'],
    };
    const test = external(options);
    expect(settings(test)).toEqual({
      brokers: 'contoso.servicebus.windows.net:9093',
      authType: 'password',
      saslUsername: '$ConnectionString',
      saslPassword: { secretKeyRef: { name: 'event-hubs-connection', key: 'password' } },
      consumerGroup: 'event-driven.{appID}',
      clientID: 'event-driven.{appID}',
      initialOffset: 'oldest',
      maxMessageBytes: '1048576',
      clientConnectionTopicMetadataRefreshInterval: '3m',
      version: '1.0.0',
    });
    expect(trigger(test).metadata).toMatchObject({
      sasl: 'plaintext',
      tls: 'enable',
      version: '1.0.0',
    });
    expect(test.platform.secrets[0]).toMatchObject({
      name: 'event-hubs-connection',
      keys: {
        username: { kind: 'literal', value: '$ConnectionString' },
        password: { kind: 'external' },
      },
    });
    // The address is known.
    const { authentication } = options;
    const derived = new TestPlatform(production, (platform) =>
      KafkaCluster.fromBootstrap(platform, 'kafka', { authentication }),
    );
    expect(derived.broker.bootstrapServers).toBe('contoso.servicebus.windows.net:9093');
  });

  it('confluentCloud: an API key for each client, by PLAIN over TLS', () => {
    const authentication = Authentication.confluentCloud();
    const test = external({ authentication }, Environment.local());
    expect(settings(test)).toMatchObject({ authType: 'password' });
    expect(settings(test)).not.toHaveProperty('saslMechanism');
    expect(settings(test)).not.toHaveProperty('disableTls');
    expect(trigger(test).metadata).toMatchObject({ sasl: 'plaintext', tls: 'enable' });
    expect(test.broker.topicDefaults).toMatchObject({ replicationFactor: 3, minInSyncReplicas: 2 });
  });
});
