import { App } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Environment, EventPlatform, renderPlatform } from '../platform/index.ts';
import { EventProducer } from '../apps/index.ts';
import { KafkaCluster } from '../broker/index.ts';
import { DaprConfiguration, DaprPubSub } from '../dapr/index.ts';
import { type AnyManifest, shop, TestPlatform } from '../testing/fixtures.ts';
import {
  podsOfNamespace,
  WorkloadNetworkPolicy,
  type WorkloadNetworkPolicyProps,
} from './index.ts';

function policy(props: Partial<WorkloadNetworkPolicyProps>): AnyManifest {
  const platform = new EventPlatform(new App(), 'test', { environment: Environment.local() });
  new WorkloadNetworkPolicy(platform, 'network', { name: 'x', workload: 'x', ...props });
  return renderPlatform(platform)
    .flatMap(({ objects }) => objects as AnyManifest[])
    .find(({ metadata }) => metadata.name === 'x')!;
}

describe('WorkloadNetworkPolicy', () => {
  it('is about the directions that it has rules for, and leaves the other to the default', () => {
    const peers = [{ peer: podsOfNamespace('n'), ports: [1] }];
    expect(policy({ ingress: peers }).spec.policyTypes).toEqual(['Ingress']);
    expect(policy({ ingress: peers }).spec).not.toHaveProperty('egress');
    expect(policy({ egress: peers }).spec.policyTypes).toEqual(['Egress']);
    expect(policy({ egress: peers }).spec).not.toHaveProperty('ingress');
    expect(policy({ ingress: peers, egress: peers }).spec.policyTypes).toEqual([
      'Ingress',
      'Egress',
    ]);
  });

  it('opens a port to everybody only where nobody is named', () => {
    expect(policy({ egress: [{ ports: [5432] }] }).spec.egress).toEqual([
      { ports: [{ port: 5432, protocol: 'TCP' }] },
    ]);
  });

  it('selects the pods of its workload', () => {
    expect(policy({ workload: 'shop' }).spec.podSelector).toEqual({
      matchLabels: { 'app.kubernetes.io/name': 'shop' },
    });
  });
});

interface Rule {
  from?: { podSelector?: { matchExpressions: { values: string[] }[] } }[];
  to?: { podSelector?: { matchExpressions: { values: string[] }[] } }[];
  ports: { port: number }[];
}

/** Workload and port of each connection within the namespace that rules are about. */
function connections(rules: readonly Rule[] | undefined, end: 'from' | 'to'): string[] {
  return (rules ?? []).flatMap((rule) =>
    (rule[end] ?? []).flatMap(({ podSelector }) =>
      (podSelector?.matchExpressions ?? []).flatMap(({ values }) =>
        values.flatMap((workload) => rule.ports.map(({ port }) => `${workload}:${port}`)),
      ),
    ),
  );
}

describe('the policies of a platform', () => {
  it('agree: each peer that may leave for a workload may enter it, and the other way round', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    const policies = test
      .objects()
      .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name !== 'default-deny');
    const leaving = policies.flatMap(({ metadata, spec }) =>
      connections(spec.egress as Rule[], 'to').map((target) => `${metadata.name} → ${target}`),
    );
    const arriving = policies.flatMap(({ metadata, spec }) =>
      connections(spec.ingress as Rule[], 'from').map((source) => {
        const [workload, port] = source.split(':');
        return `${workload} → ${metadata.name}:${port}`;
      }),
    );
    expect(leaving.sort()).toEqual(arriving.sort());
    expect(leaving).toContain('order-processor → kafka:9092');
    expect(leaving).toContain('order-processor → postgres:5432');
    expect(leaving).not.toContain('shop → postgres:5432');
  });

  it('name the pods of a workload as its Deployment does', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    const labels = test
      .objects()
      .filter(({ kind }) => ['Deployment', 'StatefulSet', 'Job'].includes(kind))
      .map(({ spec }) => spec.template.metadata.labels['app.kubernetes.io/name'] as string);
    const selected = test
      .objects()
      .filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name !== 'default-deny')
      .map(({ spec }) => spec.podSelector.matchLabels['app.kubernetes.io/name'] as string);
    expect([...new Set(selected)].sort()).toEqual(labels.sort());
  });

  it('follow the namespaces of Dapr, KEDA and Prometheus', () => {
    const platform = new EventPlatform(new App(), 'test', {
      environment: Environment.local(),
      daprNamespace: 'my-dapr',
      kedaNamespace: 'my-keda',
      monitoringNamespace: 'my-monitoring',
    });
    const broker = new KafkaCluster(platform, 'kafka');
    const pubSub = new DaprPubSub(platform, 'pubsub', { broker });
    new DaprConfiguration(platform, 'event-platform');
    new EventProducer(platform, 'shop', { manifest: shop, pubSub });
    const rules = Object.fromEntries(
      renderPlatform(platform)
        .flatMap(({ objects }) => objects as AnyManifest[])
        .filter(({ kind }) => kind === 'NetworkPolicy')
        .map(({ metadata, spec }) => [metadata.name, spec as Record<string, unknown>]),
    );
    const tcp = (...ports: number[]) => ports.map((port) => ({ port, protocol: 'TCP' }));
    expect(rules.shop?.egress).toContainEqual({
      to: [podsOfNamespace('my-dapr')],
      ports: tcp(6500, 50_001, 50_005, 50_006),
    });
    expect(rules.shop?.ingress).toContainEqual({
      from: [podsOfNamespace('my-monitoring')],
      ports: tcp(9464, 9090),
    });
    expect(rules.kafka?.ingress).toContainEqual({
      from: [podsOfNamespace('my-keda')],
      ports: tcp(9092),
    });
    expect(rules['kafka-exporter']?.ingress).toEqual([
      { from: [podsOfNamespace('my-monitoring')], ports: tcp(9308) },
    ]);
  });
});
