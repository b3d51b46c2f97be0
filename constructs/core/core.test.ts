import { App, JsonPatch, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { TestPlatform } from '../testing/fixtures.ts';
import { Environment, EventPlatform, KafkaCluster, renderPlatform } from '../index.ts';
import { HashedJob } from '../platform/hashed-job.ts';
import { assignLayer, Layer, layerOf } from '../platform/layers.ts';
import { requireDnsLabel, shortHash } from './names.ts';
import { resources } from './quantities.ts';

describe('EventPlatform', () => {
  it('makes a namespace that admits restricted pods only, and denies all traffic but DNS', () => {
    const test = new TestPlatform();
    expect(test.object('Namespace', 'event-driven').metadata).toEqual({
      name: 'event-driven',
      labels: {
        'app.kubernetes.io/managed-by': 'cdk8s',
        'app.kubernetes.io/part-of': 'event-platform',
        'pod-security.kubernetes.io/audit': 'restricted',
        'pod-security.kubernetes.io/enforce': 'restricted',
        'pod-security.kubernetes.io/warn': 'restricted',
      },
    });
    const { spec } = test.object('NetworkPolicy', 'default-deny');
    expect(spec.podSelector).toEqual({});
    expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
    expect(spec.ingress).toBeUndefined();
    expect(spec.egress).toHaveLength(1);
    expect(spec.egress[0].ports.map(({ port }: { port: number }) => port)).toEqual([53, 53]);
  });

  it('puts every object into its namespace', () => {
    const test = new TestPlatform(Environment.local({ namespace: 'elsewhere' }));
    test.producer();
    const namespaces = test
      .objects()
      .filter(({ kind }) => kind !== 'Namespace')
      .map(({ metadata }) => metadata.namespace);
    expect(new Set(namespaces)).toEqual(new Set(['elsewhere']));
  });

  it('refuses constructs outside a platform', () => {
    expect(() => new KafkaCluster(new Construct(new App(), 'alone'), 'kafka')).toThrow(
      /alone\/kafka: is not part of a platform: create it below `new EventPlatform/,
    );
  });

  it('refuses an app id twice', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    new k8s.KubeDeployment(new Construct(test.platform, 'again'), 'deployment', {
      metadata: { name: 'order-processor' },
    });
    expect(() => test.objects()).toThrow(
      /test\/again\/deployment: apps\/Deployment 'order-processor' is declared by 'test\/order-processor\/.*' too: give one of them another name or app id/,
    );
  });

  it('refuses two secrets of one name', () => {
    const { platform, database } = new TestPlatform();
    expect(() => platform.addSecret({ name: database.credentials.name, keys: {} })).toThrow(
      /test: secret 'postgres-credentials' is declared twice: share one/,
    );
  });

  it('applies patches last', () => {
    const test = new TestPlatform();
    test.producer();
    const path = '/spec/template/spec/terminationGracePeriodSeconds';
    test.consumer().workload.deployment.addJsonPatch(JsonPatch.replace(path, 99));
    const { spec } = test.object('Deployment', 'order-processor');
    expect(spec.template.spec.terminationGracePeriodSeconds).toBe(99);
  });
});

describe('layers', () => {
  it('are inherited until a construct is assigned another', () => {
    const root = new App();
    const broker = new Construct(root, 'broker');
    assignLayer(broker, Layer.BROKER_AND_STATE);
    const inner = new Construct(broker, 'inner');
    expect(layerOf(inner)).toBe(Layer.BROKER_AND_STATE);
    const rule = new Construct(broker, 'rule');
    assignLayer(rule, Layer.SCALING_AND_ALERTS);
    expect(layerOf(rule)).toBe(Layer.SCALING_AND_ALERTS);
    expect(layerOf(root)).toBe(Layer.APPS);
  });

  it('hold the kinds that belong there', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    const kinds = Object.fromEntries(
      renderPlatform(test.platform).map(({ layer, objects }) => [
        layer,
        [...new Set(objects.map(({ kind }) => kind))].sort(),
      ]),
    );
    expect(kinds).toEqual({
      '10-namespace': ['Namespace', 'NetworkPolicy'],
      '20-broker-and-state': [
        'ConfigMap',
        'Deployment',
        'Job',
        'NetworkPolicy',
        'PodDisruptionBudget',
        'Service',
        'StatefulSet',
      ],
      '30-components': ['Component', 'Configuration', 'Resiliency', 'Subscription'],
      '40-apps': [
        'Deployment',
        'NetworkPolicy',
        'PodDisruptionBudget',
        'Service',
        'ServiceAccount',
      ],
      '50-scaling-and-alerts': [
        'NetworkPolicy',
        'PodMonitor',
        'PrometheusRule',
        'ScaledObject',
        'TriggerAuthentication',
      ],
    });
  });
});

describe('renderPlatform', () => {
  it('reports all problems together', () => {
    const test = new TestPlatform();
    test.consumer();
    test.database.addMigration({ name: 'unsorted', sql: '' });
    expect(() => renderPlatform(test.platform)).toThrow(
      /test: cannot be rendered:\n(.*\n)*.*(unsorted|nothing publishes).*\n(.*\n)*.*(unsorted|nothing publishes)/,
    );
  });
});

describe('HashedJob', () => {
  function nameOf(command: string): string {
    const platform = new EventPlatform(new App(), 'test', { environment: Environment.local() });
    new HashedJob(platform, 'job', {
      metadata: { name: 'job' },
      spec: { template: { spec: { containers: [{ name: 'job', command: [command] }] } } },
    });
    return renderPlatform(platform)
      .flatMap(({ objects }) => objects)
      .find(({ kind }) => kind === 'Job')!.metadata.name;
  }

  it('has the same name for the same specification, and another for another', () => {
    expect(nameOf('a')).toMatch(/^job-[0-9a-f]{10}$/);
    expect(nameOf('a')).toBe(nameOf('a'));
    expect(nameOf('a')).not.toBe(nameOf('b'));
  });
});

describe('Environment', () => {
  const DIGEST = `sha256:${'0f'.repeat(32)}`;

  it('names images by registry and tag, or by digest where one is known', () => {
    const environment = Environment.production({
      images: { registry: 'registry.example.com', tag: '1.2.3', digests: { shop: DIGEST } },
    });
    expect(environment.imageReference('cart')).toBe('registry.example.com/cart:1.2.3');
    expect(environment.imageReference('shop')).toBe(`registry.example.com/shop@${DIGEST}`);
    expect(Environment.local().imageReference('shop')).toBe('shop:local');
  });

  it('refuses versions of a cluster that the platform does not work with', () => {
    const clusterVersions = { dapr: '1.16.5', keda: '2.21.0', kubernetes: '1.99' };
    const message = /clusterVersions: Dapr 1\.16\.5 is older .*; Kubernetes 1\.99 is newer/;
    expect(() => Environment.local({ clusterVersions })).toThrow(message);
    expect(() => Environment.production({ clusterVersions })).toThrow(message);
  });

  it('refuses a sampling that is not a share', () => {
    expect(() => Environment.local({ traceSampling: 10 })).toThrow(
      /traceSampling 10 is not a ratio: use 0 to 1/,
    );
  });
});

describe('names and sizes', () => {
  it('refuse an invalid DNS label', () => {
    const scope = new Construct(new App(), 'scope');
    expect(requireDnsLabel(scope, 'name', 'kafka-1')).toBe('kafka-1');
    for (const name of ['', 'Kafka', '1st', 'a-', 'a_b']) {
      expect(() => requireDnsLabel(scope, 'name', name)).toThrow(
        /scope: name '.*' is not a DNS label/,
      );
    }
    expect(() => requireDnsLabel(scope, 'name', 'abcdef', 5)).toThrow(/6 characters, at most 5/);
  });

  it('hash equal values alike', () => {
    expect(shortHash({ a: 1 })).toBe(shortHash({ a: 1 }));
    expect(shortHash({ a: 1 })).not.toBe(shortHash({ a: 2 }));
  });

  it('limit memory to what is reserved unless told otherwise', () => {
    const size = { cpuRequest: '100m', memoryRequest: Size.mebibytes(64) };
    expect(resources(size).limits?.memory?.value).toBe('64Mi');
    expect(resources({ ...size, memoryLimit: Size.gibibytes(1) }).limits?.memory?.value).toBe(
      '1Gi',
    );
  });
});
