import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '../../scripts/manifests.ts';
import { connectionsOf } from './judges.ts';
import { NODE, worldOf } from './world.ts';

function workload(kind: string, name: string, ports: readonly number[]) {
  const containers = [{ ports: ports.map((containerPort) => ({ containerPort })) }];
  const template = { metadata: { labels: { app: name } }, spec: { containers } };
  const spec = kind === 'CronJob' ? { jobTemplate: { spec: { template } } } : { template };
  return { kind, metadata: { name, namespace: 'shop' }, spec };
}

const OBJECTS = [
  { kind: 'Namespace', metadata: { name: 'shop', labels: { team: 'a' } } },
  workload('Deployment', 'app', [8080]),
  workload('CronJob', 'report', []),
  {
    kind: 'Service',
    metadata: { name: 'app' },
    spec: { ports: [{ port: 80, targetPort: 'http' }] },
  },
  {
    kind: 'NetworkPolicy',
    metadata: { name: 'app', namespace: 'shop' },
    spec: {
      podSelector: { matchLabels: { app: 'app' } },
      ingress: [
        {
          from: [
            {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'operators' } },
              podSelector: {
                matchExpressions: [{ key: 'kind', operator: 'In', values: ['one', 'two'] }],
              },
            },
          ],
          ports: [{ port: 9090 }],
        },
      ],
      egress: [{ to: [{ ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.8/32'] } }] }],
    },
  },
] as unknown as readonly KubernetesObject[];

const WORLD = worldOf(OBJECTS, (pods) => pods);

function podsOf(namespace: string) {
  return WORLD.pods
    .filter(({ metadata }) => metadata.namespace === namespace)
    .map(({ metadata: { labels } }) => labels);
}

describe('worldOf', () => {
  it('has two pods of a workload, one of a Job, and their like elsewhere', () => {
    const app = expect.objectContaining({ app: 'app' }) as object;
    const report = expect.objectContaining({ app: 'report' }) as object;
    expect(podsOf('shop')).toEqual([app, report, app, {}]);
    expect(podsOf('default')).toEqual([app, report, {}]);
  });

  it('has two of each pod that policies name and no platform renders', () => {
    expect(podsOf('operators')).toEqual([
      { kind: 'one' },
      { kind: 'one' },
      { kind: 'two' },
      { kind: 'two' },
    ]);
  });

  it('gives every pod an address and a name of its own', () => {
    const { length } = WORLD.pods;
    expect(new Set(WORLD.pods.map(({ status }) => status.podIP)).size).toBe(length);
    expect(new Set(WORLD.pods.map(({ metadata }) => metadata.name)).size).toBe(length);
  });

  it('labels every namespace with its name', () => {
    expect(WORLD.namespaces).toContainEqual({
      metadata: { name: 'shop', labels: { team: 'a', 'kubernetes.io/metadata.name': 'shop' } },
    });
    expect(new Set(WORLD.pods.map(({ metadata }) => metadata.namespace))).toEqual(
      new Set(WORLD.namespaces.map(({ metadata }) => metadata.name)),
    );
  });

  it('has addresses in, beside and between blocks', () => {
    const wanted = [NODE, '203.0.113.10', '169.254.169.254', '192.0.1.255', '192.0.2.0'];
    expect(WORLD.outside).toEqual([
      ...wanted,
      '192.0.2.255',
      '192.0.3.0',
      '192.0.2.7',
      '192.0.2.8',
      '192.0.2.9',
    ]);
  });

  it('has the ports of containers, Services and policies, and some unused ones', () => {
    const ports = WORLD.ports.filter(({ protocol }) => protocol === 'UDP');
    expect(ports.map(({ port }) => port)).toEqual([1, 80, 7777, 8080, 9090, 65_535]);
  });
});

describe('connectionsOf', () => {
  it('has none of a pod to itself, of the node, or between two addresses that are not pods', () => {
    const inside = new Set(WORLD.pods.map(({ status }) => status.podIP));
    const connections = connectionsOf(WORLD);
    expect(connections.some(({ source, destination }) => source === destination)).toBe(false);
    expect(connections.some(({ source }) => source === NODE)).toBe(false);
    expect(
      connections.every(({ source, destination }) => inside.has(source) || inside.has(destination)),
    ).toBe(true);
    const { length } = WORLD.pods;
    const pairs = length * (length - 1) + length * (2 * WORLD.outside.length - 1);
    expect(connections).toHaveLength(pairs * WORLD.ports.length);
  });
});
