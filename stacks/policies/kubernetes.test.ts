import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { PLATFORMS } from '../../charts/systems.ts';
import { describe, expect, it } from 'vitest';
import { KUBERNETES_RULES } from './kubernetes.ts';

type Props = Record<string, unknown>;

const check = (kind: string, props: Props) =>
  KUBERNETES_RULES.flatMap((rule) =>
    rule
      .check({ type: `kubernetes:apps/v1:${kind}`, name: 'it', props })
      .map((found) => `${rule.name} ${found}`),
  );
const CONTAINER = {
  name: 'app',
  image: 'registry:5000/app:1.0',
  resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } },
  env: [
    { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
    { name: 'CLIENT_SECRET', value: '$(DB_PASSWORD)' },
  ],
};
const podSpec = (change: Props) => ({ containers: [{ ...CONTAINER, ...change }] });
const deployment = (change: Props) => ({ spec: { template: { spec: podSpec(change) } } });
const { requests, limits } = CONTAINER.resources;

describe('KUBERNETES_RULES', () => {
  it.each<[string, Props]>([
    ['Deployment', deployment({})],
    ['Deployment', deployment({ image: 'app@sha256:abc' })],
    // Not known before the image is built.
    ['Deployment', deployment({ image: undefined })],
    ['Service', { spec: { type: 'LoadBalancer', loadBalancerSourceRanges: ['10.0.0.0/8'] } }],
    ['Service', { spec: { type: 'ClusterIP' } }],
    ['Namespace', { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } } }],
  ])('find nothing wrong with a good %s', (kind, props) => {
    expect(check(kind, props)).toEqual([]);
  });

  it.each<[string, Props, string]>([
    [
      'Deployment',
      deployment({ securityContext: { privileged: true } }),
      "kubernetes-not-privileged container 'app' is privileged",
    ],
    [
      'Deployment',
      deployment({ securityContext: { allowPrivilegeEscalation: true } }),
      "kubernetes-not-privileged container 'app' may gain rights",
    ],
    ['Pod', { spec: podSpec({ image: 'app:latest' }) }, "has the image 'app:latest'"],
    ['Pod', { spec: podSpec({ image: 'registry:5000/app' }) }, 'kubernetes-image-pinned'],
    ['StatefulSet', deployment({ resources: { requests } }), 'lacks resources.limits.memory'],
    [
      'DaemonSet',
      deployment({ resources: { limits } }),
      'lacks resources.requests.cpu, resources.requests.memory',
    ],
    [
      'Job',
      deployment({ env: [{ name: 'DB_PASSWORD', value: 'open sesame' }] }),
      'kubernetes-no-secret-in-env',
    ],
    ['CronJob', { spec: { jobTemplate: deployment({ image: 'app' }) } }, 'kubernetes-image-pinned'],
    [
      'Deployment',
      { spec: { template: { spec: { initContainers: [{ ...CONTAINER, image: 'init' }] } } } },
      "has the image 'init'",
    ],
    ['Service', { spec: { type: 'LoadBalancer' } }, 'kubernetes-load-balancer-limited'],
    ['Namespace', { metadata: {} }, 'kubernetes-namespace-restricted'],
    [
      'Namespace',
      { metadata: { labels: { 'pod-security.kubernetes.io/enforce': 'baseline' } } },
      'kubernetes-namespace-restricted',
    ],
  ])('find what is wrong with %s %j', (kind, props, finding) => {
    const found = check(kind, props);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(finding);
  });

  it('leave resources of others alone', () => {
    const resource = { type: 'aws:x/y:Namespace', name: 'it', props: {} };
    expect(KUBERNETES_RULES.flatMap((rule) => rule.check(resource))).toEqual([]);
  });

  const dist = join(import.meta.dirname, '../../dist');

  it.each(PLATFORMS)('find nothing wrong with what is rendered for $folder', (platform) => {
    const folder = join(dist, platform.folder);
    const objects = readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .flatMap((file) => loadAll(readFileSync(join(folder, file), 'utf8')) as Props[]);
    expect(objects.length).toBeGreaterThan(20);
    expect(objects.flatMap((object) => check(String(object.kind), object))).toEqual([]);
  });
});
