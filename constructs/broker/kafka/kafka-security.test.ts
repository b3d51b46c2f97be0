import { Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { deadLetterTopic } from '@cdk8s-event-platform/contracts/interface';
import { Environment } from '../../platform/index.ts';
import { manifestProblems } from '../../testing/manifest-problems.ts';
import {
  type AnyManifest,
  OrderPlaced,
  inProduction,
  TestPlatform,
} from '../../testing/fixtures.ts';
import { VERSIONS } from '../../core/versions.ts';
import type { KafkaClusterProps } from './kafka-cluster-props.ts';
import { KafkaSecurity } from './kafka-security.ts';

const production = inProduction({ postgres: { host: 'postgres.example.com' } });

function complete(props: KafkaClusterProps = {}, environment = production): TestPlatform {
  const test = new TestPlatform(environment, props);
  test.producer();
  test.consumer();
  return test;
}

function properties(test: TestPlatform, name = 'kafka'): Record<string, string> {
  const text = test.object('ConfigMap', `${name}-config`).data['server.properties'] as string;
  return Object.fromEntries(
    text
      .trim()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

const names = (objects: readonly AnyManifest[], kind: string) =>
  objects.filter((object) => object.kind === kind).map(({ metadata }) => metadata.name);

describe('a secured KafkaCluster', () => {
  it('is what production gets, and local does not', () => {
    expect(complete().broker.security.enabled).toBe(true);
    expect(complete({}, Environment.local()).broker.security.enabled).toBe(false);
  });

  it('has clients log in with passwords over TLS, and servers with certificates', () => {
    expect(properties(complete())).toMatchObject({
      'listener.security.protocol.map': 'CLIENT:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL',
      'listener.name.internal.ssl.client.auth': 'required',
      'listener.name.controller.ssl.client.auth': 'required',
      'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'allow.everyone.if.no.acl.found': 'false',
      'super.users': 'User:CN=kafka-server;User:CN=kafka-admin',
      'ssl.keystore.location': '/etc/kafka-tls/tls-combined.pem',
    });
  });

  it('gives each app an account of its own, by the environment of its sidecar', () => {
    const test = complete();
    const annotation = (app: string) =>
      test.object('Deployment', app).spec.template.metadata.annotations[
        'dapr.io/env-from-secret'
      ] as string;
    for (const app of ['shop', 'order-processor']) {
      expect(annotation(app)).toBe(
        `BROKER_USERNAME=${app}-broker:username,BROKER_PASSWORD=${app}-broker:password,BROKER_URL=${app}-broker:url`,
      );
    }
    const { metadata } = test.object('Component', 'pubsub').spec;
    expect(metadata).toEqual(
      expect.arrayContaining([
        { name: 'authType', value: 'password' },
        { name: 'saslMechanism', value: 'SHA-512' },
        { name: 'saslUsername', envRef: 'BROKER_USERNAME' },
        { name: 'saslPassword', envRef: 'BROKER_PASSWORD' },
        { name: 'caCert', secretKeyRef: { name: 'kafka-tls', key: 'ca.crt' } },
      ]),
    );
    expect(test.platform.secrets.map(({ name }) => name)).toEqual([
      'kafka-exporter-broker',
      'keda-broker',
      'order-processor-broker',
      'order-processor-postgres',
      'order-processor-sidecar-token',
      'postgres-credentials',
      'postgres-due-work',
      'shop-broker',
      'shop-sidecar-token',
    ]);
  });

  it('lets an app use what it was granted, and nothing else', () => {
    const script = complete().script('kafka-topics');
    const declared = /sort > "\$work\/declared" <<'END'\n([^]*?)\nEND\n/.exec(script)?.[1];
    expect(declared?.split('\n')).toEqual([
      'kafka-exporter describe group *',
      'kafka-exporter describe topic *',
      'keda describe group *',
      'keda describe topic *',
      'order-processor read group order-processor',
      `order-processor read topic ${OrderPlaced.topic}`,
      `order-processor write topic ${deadLetterTopic(OrderPlaced.topic, 'order-processor')}`,
      `shop write topic ${OrderPlaced.topic}`,
    ]);
  });

  it('passes passwords to the Job by variables, never in the script', () => {
    const [{ env }] = complete().object('Job', 'kafka-topics').spec.template.spec.containers;
    expect(env).toContainEqual({
      name: 'PASSWORD_ORDER_PROCESSOR',
      valueFrom: { secretKeyRef: { name: 'order-processor-broker', key: 'password' } },
    });
    expect(complete().script('kafka-topics')).toContain(
      'ensure_user order-processor PASSWORD_ORDER_PROCESSOR\n',
    );
  });

  it('logs KEDA in by references, with the right to look and no more', () => {
    const test = complete();
    expect(test.object('TriggerAuthentication', 'kafka-keda').spec).toEqual({
      secretTargetRef: [
        { parameter: 'username', name: 'keda-broker', key: 'username' },
        { parameter: 'password', name: 'keda-broker', key: 'password' },
        { parameter: 'ca', name: 'kafka-tls', key: 'ca.crt' },
      ],
    });
    const [trigger] = test.object('ScaledObject', 'order-processor').spec.triggers;
    expect(trigger.authenticationRef).toEqual({ name: 'kafka-keda' });
    expect(trigger.metadata).toMatchObject({ sasl: 'scram_sha512', tls: 'enable' });
  });

  it('asks for a certificate with every name of every server, in the format that Java reads', () => {
    const { spec } = complete().object('Certificate', 'kafka-tls');
    const host = 'event-driven.svc.cluster.local';
    expect(spec.dnsNames).toEqual([
      `kafka.${host}`,
      `kafka-headless.${host}`,
      ...[0, 1, 2].map((index) => `kafka-${index}.kafka-headless.${host}`),
      `kafka-controller.${host}`,
      `kafka-controller-headless.${host}`,
      ...[0, 1, 2].map((index) => `kafka-controller-${index}.kafka-controller-headless.${host}`),
    ]);
    expect(spec.privateKey.encoding).toBe('PKCS8');
    expect(spec.additionalOutputFormats).toEqual([{ type: 'CombinedPEM' }]);
    expect(spec.issuerRef).toEqual({ name: 'kafka-ca', kind: 'Issuer' });
  });

  it('takes an issuer that is there', () => {
    const objects = complete({
      security: KafkaSecurity.scramOverTls({ issuer: { name: 'company' } }),
    }).objects();
    expect(names(objects, 'Issuer')).toEqual([]);
    expect(names(objects, 'Certificate')).toEqual(['kafka-tls', 'kafka-admin-tls']);
    const [server] = objects.filter(({ kind }) => kind === 'Certificate');
    expect(server?.spec.issuerRef).toEqual({ name: 'company', kind: 'ClusterIssuer' });
  });

  it('lets the administrator in where servers talk to each other, and nobody else', () => {
    const { ingress } = complete().object('NetworkPolicy', 'kafka').spec;
    const internal = ingress.filter(({ ports }: { ports: { port: number }[] }) =>
      ports.some(({ port }) => port === 9091),
    );
    expect(
      internal.map(
        (rule: { from: [{ podSelector: { matchExpressions: [{ values: string[] }] } }] }) =>
          rule.from[0].podSelector.matchExpressions[0].values,
      ),
    ).toEqual([['kafka'], ['kafka-topics']]);
  });

  it('gives the exporter the authority, and not the key of the servers', () => {
    const { containers, volumes } = complete().object('Deployment', 'kafka-exporter').spec.template
      .spec;
    expect(volumes).toEqual([
      {
        name: 'authority',
        secret: { secretName: 'kafka-tls', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
      },
    ]);
    expect(containers[0].args).toContain('--sasl.mechanism=scram-sha512');
  });

  it('is valid by the schemas of its kinds', () => {
    expect(manifestProblems(complete().objects())).toEqual([]);
  });
});

describe('controllers in pods of their own', () => {
  it('make up the quorum, under ids that no broker has', () => {
    const test = complete();
    const controllers = properties(test, 'kafka-controller');
    expect(controllers).toMatchObject({
      'process.roles': 'controller',
      listeners: 'CONTROLLER://:9093',
    });
    expect(controllers).not.toHaveProperty('advertised.listeners');
    const firstId = (name: string) =>
      test
        .object('StatefulSet', name)
        .spec.template.spec.containers[0].env.find(
          (entry: { name: string }) => entry.name === 'FIRST_NODE_ID',
        ).value as string;
    expect([firstId('kafka'), firstId('kafka-controller')]).toEqual(['0', '1000']);
    expect(properties(test).listeners).toBe('CLIENT://:9092,INTERNAL://:9091');
  });

  it('are reached by brokers and by each other alone', () => {
    const test = complete();
    const { ingress } = test.object('NetworkPolicy', 'kafka-controller').spec;
    expect(ingress[0].from[0].podSelector.matchExpressions[0].values).toEqual([
      'kafka',
      'kafka-controller',
    ]);
    expect(ingress[0].ports).toEqual([{ port: 9093, protocol: 'TCP' }]);
  });

  it('can be left out', () => {
    const test = complete({ controllers: false });
    expect(test.broker.controllers).toBeUndefined();
    expect(properties(test)['process.roles']).toBe('broker,controller');
  });
});

describe('a KafkaCluster in numbers', () => {
  it('takes the tuning of a site', () => {
    const settings = properties(
      complete({
        partitions: 10,
        socketBuffers: { send: Size.kibibytes(100), receive: Size.kibibytes(200) },
        properties: { 'num.io.threads': 16 },
      }),
    );
    expect(settings).toMatchObject({
      'num.partitions': '10',
      'socket.send.buffer.bytes': '102400',
      'socket.receive.buffer.bytes': '204800',
      'num.io.threads': '16',
      'broker.rack': '${env:ZONE}',
    });
  });

  it('has volumes for the throughput of its topics', () => {
    const test = new TestPlatform(production);
    test.pubSub.addTopic(OrderPlaced, { throughput: Size.mebibytes(1) });
    test.producer();
    test.consumer();
    const [claim] = test.object('StatefulSet', 'kafka').spec.volumeClaimTemplates;
    // 1 MiB/s for a week, three copies on three brokers, 30 % kept free.
    expect(claim.spec.resources.requests.storage).toBe('844Gi');
  });

  it('refuses volumes that its topics would fill', () => {
    const test = new TestPlatform(production, { storage: Size.gibibytes(500) });
    test.pubSub.addTopic(OrderPlaced, { throughput: Size.mebibytes(1) });
    test.producer();
    test.consumer();
    expect(() => test.objects()).toThrow(
      'test/kafka: storage (512000 MiB) of each broker is less than the declared throughput of the topics fills: use 844 GiB or more',
    );
  });

  it('passes compression and sizes on to sidecars and topics', () => {
    const test = new TestPlatform(production, { compression: 'zstd' });
    test.pubSub.addTopic(OrderPlaced, {
      compression: 'lz4',
      maxMessageSize: Size.kibibytes(512),
    });
    test.producer();
    test.consumer();
    const { metadata } = test.object('Component', 'pubsub').spec;
    expect(metadata).toContainEqual({ name: 'compression', value: 'zstd' });
    const script = test.script('kafka-topics');
    expect(script).toContain(
      'ensure_topic order-placed 3 3 retention.ms=604800000 min.insync.replicas=2 compression.type=lz4 max.message.bytes=524288\n',
    );
  });

  it('serves the metrics of its JVMs from an agent that an init container brings', () => {
    const { initContainers, containers } = complete().object('StatefulSet', 'kafka').spec.template
      .spec;
    expect(initContainers[0].image).toBe(
      `registry.example.com/shop/kafka-jmx-exporter:${VERSIONS.jmxExporter}`,
    );
    expect(containers[0].env).toContainEqual({
      name: 'KAFKA_OPTS',
      value: '-javaagent:/opt/jmx/jmx_prometheus_javaagent.jar=9404:/etc/kafka/jmx-exporter.yaml',
    });
  });
});
