import { App } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { EventProducer } from '../consumer/index.ts';
import { SecretValue } from '../security/index.ts';
import { type AnyManifest, shop, TestPlatform } from '../testing/fixtures.ts';
import { DeclarationError, Environment, EventPlatform, Layer, renderPlatform } from './index.ts';

describe('EventPlatform', () => {
  it('refuses a namespace that is none', () => {
    expect(() => Environment.local({ namespace: 'Event_Driven' })).toThrow(
      "environment 'local': namespace 'Event_Driven' is not a DNS label: use a-z, 0-9 and '-'",
    );
  });

  it('reports each object of an app id that is declared twice, with both constructs', () => {
    const test = new TestPlatform();
    const { platform, pubSub } = test;
    new EventProducer(platform, 'first', { manifest: shop, pubSub });
    new EventProducer(platform, 'second', { manifest: shop, pubSub });
    let message = '';
    try {
      test.objects();
    } catch (error) {
      expect(error).toBeInstanceOf(DeclarationError);
      message = (error as Error).message;
    }
    expect(message).toContain(
      "test/second/app/deployment: apps/Deployment 'shop' is declared by 'test/first/app/deployment' too: give one of them another name or app id",
    );
    for (const kind of ['ServiceAccount', 'Service', 'NetworkPolicy', 'Resiliency', 'PodMonitor']) {
      expect(message).toMatch(new RegExp(`test/second/.*/${kind} 'shop`));
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

  it('renders as before, without anything in it', () => {
    const platform = new EventPlatform(new App(), 'test', { environment: Environment.local() });
    expect(renderPlatform(platform)).toMatchSnapshot();
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
