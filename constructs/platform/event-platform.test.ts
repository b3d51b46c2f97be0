import { App, Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { EventProducer } from '../apps/index.ts';
import { KafkaCluster, NatsJetStream, RabbitMqCluster, RedisStreams } from '../broker/index.ts';
import { DaprConfiguration, DaprPubSub } from '../dapr/index.ts';
import { PostgresDatabase } from '../data/index.ts';
import { SecretValue } from '../security/index.ts';
import { type AnyManifest, shop, TestPlatform } from '../testing/fixtures.ts';
import type { Problem } from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from '../core/index.ts';
import { Environment, EventPlatform, Layer, renderPlatform } from './index.ts';

describe('EventPlatform', () => {
  it('refuses a namespace that is none', () => {
    expect(() => Environment.local({ namespace: 'Event_Driven' })).toThrow(
      "environment 'local': namespace 'Event_Driven' is not a DNS label: use a-z, 0-9 and '-'",
    );
  });

  it('refuses an app id twice, also on another pub/sub, and names both apps', () => {
    const test = new TestPlatform();
    const { platform, pubSub, broker } = test;
    const other = new DaprPubSub(platform, 'other', { broker });
    new EventProducer(platform, 'first', { manifest: shop, pubSub });
    for (const [id, used] of [
      ['second', pubSub],
      ['third', other],
    ] as const) {
      expect(() => new EventProducer(platform, id, { manifest: shop, pubSub: used })).toThrow(
        new DeclarationError(
          `test/${id}`,
          "app id 'shop' is that of 'test/first' already, and an app has one Deployment, one sidecar and one pub/sub: give one of them another appId, or list all events in one manifest [EP5003]" as Problem,
        ),
      );
    }
  });

  it('reports each object that is declared twice, with both constructs', () => {
    const test = new TestPlatform();
    test.producer();
    const again = new Construct(test.platform, 'again');
    new k8s.KubeService(again, 'service', { metadata: { name: 'shop' } });
    new k8s.KubeDeployment(again, 'deployment', { metadata: { name: 'shop' } });
    for (const [id, kind, path] of [
      ['service', 'core/Service', 'shop/service'],
      ['deployment', 'apps/Deployment', 'shop/app/deployment'],
    ] as const) {
      expect(() => test.objects()).toThrow(
        `test/again/${id}: ${kind} 'shop' is declared by 'test/${path}' too: give one of them another name or app id`,
      );
    }
  });

  it('tells objects of one name and different kinds apart', () => {
    const test = new TestPlatform();
    test.producer();
    const named = test.objects().filter(({ metadata }) => metadata.name === 'shop');
    expect(named.map(({ kind }) => kind)).toContain('Service');
    expect(named.map(({ kind }) => kind)).toContain('Deployment');
  });

  it('lists secrets by name, and the same reference once', () => {
    const platform = new EventPlatform(new App(), 'test', { environment: Environment.local() });
    const secret = (name: string) => ({ name, keys: { password: SecretValue.random() } });
    const [b, a] = [secret('b'), secret('a')];
    platform.addSecret(b);
    platform.addSecret(a);
    platform.addSecret(b);
    expect(platform.secrets).toEqual([a, b]);
    // Another reference of the same name may say something else, even where it does not now.
    expect(() => platform.addSecret(secret('a'))).toThrow(
      "test: secret 'a' is declared twice: share one SecretReference, or give one another name",
    );
  });

  it('renders no Secret, whatever it refers to', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    expect(test.platform.secrets).not.toEqual([]);
    expect(test.objects().some(({ kind }) => kind === 'Secret')).toBe(false);
  });

  it('knows the namespaces of its operators, and takes others', () => {
    const environment = Environment.local();
    expect(new EventPlatform(new App(), 'a', { environment }).operatorNamespaces).toEqual({
      dapr: 'dapr-system',
      keda: 'keda',
      monitoring: 'monitoring',
    });
    const others = { daprNamespace: 'd', kedaNamespace: 'k', monitoringNamespace: 'm' };
    expect(
      new EventPlatform(new App(), 'b', { environment, ...others }).operatorNamespaces,
    ).toEqual({ dapr: 'd', keda: 'k', monitoring: 'm' });
  });
});

describe('a platform in a tree', () => {
  const environment = Environment.local();

  it("works inside of a team's Chart, and holds its own charts", () => {
    const chart = new Chart(new App(), 'team');
    const platform = new EventPlatform(chart, 'orders', { environment });
    const inner = new Chart(platform, 'inner');
    const broker = new KafkaCluster(inner, 'kafka');
    new DaprConfiguration(platform, 'event-platform');
    const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
    new EventProducer(platform, 'shop', { manifest: shop, pubSub });
    const kinds = renderPlatform(platform).flatMap(({ objects }) =>
      objects.map(({ kind }) => kind),
    );
    expect(kinds).toEqual(expect.arrayContaining(['StatefulSet', 'Deployment', 'Component']));
    expect(EventPlatform.of(inner)).toBe(platform);
  });

  it.each<[string, (chart: Chart) => unknown]>([
    ['KafkaCluster', (chart) => new KafkaCluster(chart, 'part')],
    ['PostgresDatabase', (chart) => new PostgresDatabase(chart, 'part')],
    ['DaprConfiguration', (chart) => new DaprConfiguration(chart, 'part')],
    ['RabbitMqCluster', (chart) => new RabbitMqCluster(chart, 'part')],
    ['RedisStreams', (chart) => new RedisStreams(chart, 'part')],
    ['NatsJetStream', (chart) => new NatsJetStream(chart, 'part')],
  ])('is what a %s in another Chart is told to be created below', (_, declare) => {
    const chart = new Chart(new App(), 'team');
    expect(() => declare(chart)).toThrow(
      'team/part: is not part of a platform: create it below `new EventPlatform(app, id, { environment })`',
    );
  });

  it('is told from other charts by instanceof', () => {
    const chart = new Chart(new App(), 'team');
    expect(chart).not.toBeInstanceOf(EventPlatform);
    expect(new EventPlatform(chart, 'orders', { environment })).toBeInstanceOf(EventPlatform);
  });

  it('is refused beside another in its namespace, and accepted in one of its own', () => {
    const app = new App();
    const one = new EventPlatform(app, 'one', { environment });
    const two = new EventPlatform(app, 'two', { environment });
    const problem = (own: string, other: string) =>
      `${own}: namespace 'event-driven' is that of platform '${other}', too, and objects of one name would overwrite each other: give one of them another namespace, or an App of its own`;
    expect(() => renderPlatform(one)).toThrow(problem('one', 'two'));
    expect(() => renderPlatform(two)).toThrow(problem('two', 'one'));
    expect(() => app.synth()).toThrow(problem('one', 'two'));
    const apart = new App();
    const three = new EventPlatform(apart, 'three', { environment });
    new EventPlatform(apart, 'four', { environment: Environment.local({ namespace: 'four' }) });
    expect(() => renderPlatform(three)).not.toThrow();
  });

  it.each([
    [undefined, 'team/orders: properties (undefined) must be an object with environment'],
    [{}, "team/orders: 'environment' is missing: it must be an Environment"],
    [{ environment: 'local' }, "team/orders: environment ('local') must be an Environment"],
    [
      { environment, kedaNameSpace: 'keda', links: { runbook: 'x' } },
      "team/orders: 'kedaNameSpace' is not known: did you mean 'kedaNamespace'? [EP1001]\nteam/orders: 'links.runbook' is not known: did you mean 'runbooks'? [EP1001]",
    ],
  ])('refuses %j with its path', (props, message) => {
    const chart = new Chart(new App(), 'team');
    expect(() => new EventPlatform(chart, 'orders', props as never)).toThrow(message);
  });
});

describe('renderPlatform', () => {
  function complete(): TestPlatform {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    return test;
  }

  it('gives the layers in the order of application, and each object once', () => {
    const test = complete();
    const layers = renderPlatform(test.platform);
    expect(layers.map(({ layer }) => layer)).toEqual([
      Layer.NAMESPACE,
      Layer.BROKER_AND_STATE,
      Layer.COMPONENTS,
      Layer.APPS,
      Layer.SCALING_AND_ALERTS,
    ]);
    const identities = layers
      .flatMap(({ objects }) => objects)
      .map(({ apiVersion, kind, metadata }) => `${apiVersion} ${kind} ${metadata.name}`);
    expect(new Set(identities).size).toBe(identities.length);
    for (const { objects, yaml } of layers) {
      expect(yaml.match(/^kind: /gm)).toHaveLength(objects.length);
    }
  });

  it('gives the same bytes for the same input', () => {
    const bytes = (test: TestPlatform) =>
      renderPlatform(test.platform)
        .map(({ yaml }) => yaml)
        .join('---\n');
    expect(bytes(complete())).toBe(bytes(complete()));
    const test = complete();
    expect(bytes(test)).toBe(bytes(test));
  });

  it('has every pod meet PodSecurity restricted, with resources and without API access', () => {
    const workloads = complete()
      .objects()
      .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind));
    expect(workloads.map(({ metadata }) => metadata.name.replace(/-[0-9a-f]{10}$/, ''))).toEqual([
      'kafka',
      'kafka-topics',
      'kafka-exporter',
      'postgres',
      'postgres-migrations',
      'shop',
      'order-processor',
    ]);
    for (const { metadata, spec } of workloads) {
      const pod = spec.template.spec as AnyManifest;
      expect(pod, metadata.name).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const container of pod.containers as AnyManifest[]) {
        expect(container, metadata.name).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            readOnlyRootFilesystem: true,
          },
          resources: {
            requests: { cpu: expect.any(String), memory: expect.any(String) },
            limits: { memory: expect.any(String) },
          },
        });
      }
    }
  });
});
