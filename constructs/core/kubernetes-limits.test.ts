import { ApiObject, JsonPatch, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { renderPlatform } from '../index.ts';
import { TestPlatform } from '../testing/fixtures.ts';
import { limitProblems } from './kubernetes-limits.ts';

const LONG = 'a'.repeat(64);

function object(apiVersion: string, kind: string, rest: object = {}, name = 'x') {
  return { apiVersion, kind, metadata: { name }, ...rest };
}

function deployment(container: object = {}, spec: object = {}) {
  const containers = [{ name: 'app', image: 'app:1', ...container }];
  return object('apps/v1', 'Deployment', { spec: { template: { spec: { containers, ...spec } } } });
}

function policy(rule: object) {
  return object('networking.k8s.io/v1', 'NetworkPolicy', { spec: { egress: [rule] } });
}

function service(port: object) {
  return object('v1', 'Service', { spec: { ports: [{ name: 'http', port: 80, ...port }] } });
}

const CONTAINER = 'spec.template.spec.containers[0]';

describe('limitProblems', () => {
  it.each<[string, object, string]>([
    ['a Service', object('v1', 'Service', {}, LONG), 'has 64 characters, at most 63'],
    ['a Service', object('v1', 'Service', {}, '1a'), "metadata.name ('1a') starts with a digit"],
    [
      'a Namespace',
      object('v1', 'Namespace', {}, 'a.b'),
      "metadata.name ('a.b') is not a DNS label",
    ],
    ['a StatefulSet', object('apps/v1', 'StatefulSet', {}, 'a'.repeat(53)), 'at most 52'],
    ['a Job', object('batch/v1', 'Job', {}, LONG), 'at most 63'],
    ['a CronJob', object('batch/v1', 'CronJob', {}, 'a'.repeat(53)), 'at most 52'],
    [
      'a ScaledObject',
      object('keda.sh/v1alpha1', 'ScaledObject', {}, 'a'.repeat(55)),
      'at most 54',
    ],
    ['a ConfigMap', object('v1', 'ConfigMap', {}, 'a'.repeat(254)), 'at most 253'],
    ['a ConfigMap', object('v1', 'ConfigMap', {}, 'A_b'), 'is not a DNS subdomain'],
    ['a Role', object('rbac.authorization.k8s.io/v1', 'Role', {}, 'a/b'), 'is not part of a path'],
  ])('refuses the name of %s', (_what, manifest, problem) => {
    expect(limitProblems(manifest)).toEqual([expect.stringContaining(problem)]);
  });

  it.each([
    object('apps/v1', 'StatefulSet', {}, 'a'.repeat(52)),
    object('v1', 'ConfigMap', {}, `${'a'.repeat(126)}.${'b'.repeat(126)}`),
    object('rbac.authorization.k8s.io/v1', 'Role', {}, 'system:a'),
    service({ name: 'a'.repeat(63), targetPort: 'http' }),
    deployment({ image: 'localhost:5000/a/b_c@sha256:' + '0f'.repeat(32) }),
    deployment({
      resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1024Mi' } },
    }),
    policy({}),
    policy({ ports: [{ port: 53, protocol: 'UDP' }], to: [{ podSelector: {} }] }),
    policy({ to: [{ ipBlock: { cidr: 'fd00::/8', except: ['fd00:1::/32'] } }] }),
    object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
      spec: { schema: { matchLabels: { description: 'Any text, however long: it is a schema.' } } },
    }),
  ])('has nothing against what Kubernetes takes: %#', (manifest) => {
    expect(limitProblems(manifest)).toEqual([]);
  });

  it.each<[object, string]>([
    [
      object('v1', 'ConfigMap', { metadata: { name: 'x', namespace: 'A' } }),
      "metadata.namespace ('A') is not",
    ],
    [
      object('v1', 'ConfigMap', { metadata: { name: 'x', labels: { a: LONG } } }),
      'metadata.labels.a',
    ],
    [
      object('v1', 'ConfigMap', { metadata: { name: 'x', labels: { 'a b': 'c' } } }),
      "('a b') is not a key of labels",
    ],
    [
      object('v1', 'ConfigMap', { metadata: { name: 'x', labels: { a: 1 } } }),
      'metadata.labels.a (1) is not text',
    ],
    [
      object('v1', 'ConfigMap', { metadata: { name: 'x', annotations: { a: true } } }),
      '(true) is not text',
    ],
    [
      object('v1', 'ConfigMap', {
        metadata: { name: 'x', annotations: { a: 'b'.repeat(262_144) } },
      }),
      '262145 bytes',
    ],
    [
      object('v1', 'ConfigMap', { data: { 'a/b': '' } }),
      "data ('a/b') is not a key of a ConfigMap",
    ],
    [object('v1', 'ConfigMap', { data: { '..': '' } }), "data ('..') is not a key of a ConfigMap"],
    [object('v1', 'ConfigMap', { data: { a: 1 } }), 'data.a (1) is not text'],
    [
      object('v1', 'ConfigMap', { data: { a: 'b'.repeat(1_048_576), b: 'c' } }),
      '1048577 bytes, and Kubernetes takes 1048576',
    ],
    [object('v1', 'ConfigMap', { data: { a: '\ud800' } }), 'half of a surrogate pair'],
    [object('v1', 'ConfigMap', { data: { '\udfff': 'a' } }), 'half of a surrogate pair'],
    [
      object('a/v1', 'A', { spec: { a: 'b'.repeat(1_600_000) } }),
      'keeps no object of more than 1572864',
    ],
    [object('a/v1', 'A', { spec: { a: [NaN] } }), 'spec.a[0] (NaN) is not a number'],
    [
      object('a/v1', 'A', { spec: { template: { metadata: { labels: { a: 'b ' } } } } }),
      'is not the value of a label',
    ],
    [
      object('a/v1', 'A', { spec: { selector: { matchLabels: { a: LONG } } } }),
      'spec.selector.matchLabels.a',
    ],
    [
      object('a/v1', 'A', {
        spec: { matchExpressions: [{ key: 'a', operator: 'In', values: [] }] },
      }),
      'matches nothing',
    ],
    [
      object('a/v1', 'A', { spec: { storageClassName: 'Fast SSD' } }),
      "('Fast SSD') is not a DNS subdomain",
    ],
    [object('dapr.io/v1alpha1', 'Component', { scopes: [] }), 'scopes ([]) has every app load it'],
  ])('refuses what an object must not have: %#', (manifest, problem) => {
    expect(limitProblems(manifest)).toContainEqual(expect.stringContaining(problem));
  });

  it.each<[object, string]>([
    [deployment({ name: 'App' }), `${CONTAINER}.name ('App') is not a DNS label`],
    [
      deployment({ image: 'https://example.com/a' }),
      `${CONTAINER}.image ('https://example.com/a') starts with 'https://'`,
    ],
    [deployment({ image: 'example.com/a/' }), 'is not a repository of images'],
    [deployment({ image: 'a:b c' }), 'is not a tag'],
    [deployment({ image: 'a@sha256:abc' }), 'is not a digest'],
    [deployment({ image: 'A:1' }), 'in lower case'],
    [
      deployment({ ports: [{ containerPort: 70_000 }] }),
      `${CONTAINER}.ports[0].containerPort (70000) is not a port`,
    ],
    [deployment({ ports: [{ containerPort: 0 }] }), '(0) is not a port'],
    [deployment({ ports: [{ containerPort: 1.5 }] }), '(1.5) is not a port'],
    [deployment({ ports: [{ containerPort: 80, name: 'a'.repeat(16) }] }), 'at most 15'],
    [
      deployment({ ports: [{ containerPort: 80 }, { containerPort: 80 }] }),
      "('80/TCP') is there twice",
    ],
    [
      deployment({
        env: [
          { name: 'A', value: '' },
          { name: 'A', value: '' },
        ],
      }),
      `${CONTAINER}.env[1] ('A') is there twice`,
    ],
    [deployment({ env: [{ name: 'A=B' }] }), 'is not the name of an environment variable'],
    [deployment({ env: [{ name: 'A', value: 1 }] }), 'env[0].value (1) is not text'],
    [deployment({ env: [{ name: 'A', value: 'a\0b' }] }), "('A=a\\u0000b') has a NUL"],
    [
      deployment({ env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'A', key: 'a b' } } }] }),
      'secretKeyRef.key',
    ],
    [deployment({ args: ['a'.repeat(131_072)] }), 'args[0]'],
    [
      deployment({ args: Array.from({ length: 20 }, () => 'a'.repeat(120_000)) }),
      'is started with 2400020 bytes',
    ],
    [
      deployment({ resources: { requests: { cpu: 'lots' } } }),
      "requests.cpu ('lots') is not a quantity",
    ],
    [deployment({ resources: { requests: { memory: '-1' } } }), 'is not a quantity'],
    [
      deployment({ resources: { requests: { memory: '1Gi' }, limits: { memory: '512Mi' } } }),
      "exceeds the limit ('512Mi')",
    ],
    [deployment({ resources: { limits: { memory: '0' } } }), 'is not a limit to Kubernetes'],
    [
      deployment({ volumeMounts: [{ name: 'a', mountPath: '/a' }] }),
      "('a') is not a volume of the pod",
    ],
    [
      deployment({ readinessProbe: { httpGet: { port: 'web' } } }),
      "('web') is not a port of the container",
    ],
    [deployment({}, { volumes: [{ name: 'a'.repeat(64) }] }), 'spec.template.spec.volumes[0].name'],
    [deployment({}, { volumes: [{ name: 'a' }, { name: 'a' }] }), 'is there twice'],
    [
      deployment({}, { imagePullSecrets: [{ name: 'a' }, { name: 'a' }] }),
      "spec.template.spec.imagePullSecrets[1] ('a') is there twice",
    ],
    [deployment({}, { hostAliases: [{ ip: '10.0.0.1' }, { ip: '10.0.0.1' }] }), 'is there twice'],
    [
      deployment(
        {},
        {
          topologySpreadConstraints: [
            { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' },
            { maxSkew: 2, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' },
          ],
        },
      ),
      "('zone, DoNotSchedule') is there twice",
    ],
    [
      deployment({}, { initContainers: [{ name: 'app', image: 'a' }] }),
      "spec.template.spec.initContainers[0] ('app') is the name of another container",
    ],
    [
      object('apps/v1', 'Deployment', { spec: { replicas: -1 } }),
      'spec.replicas (-1) is not a count',
    ],
    [
      object('apps/v1', 'Deployment', { spec: { replicas: 1.5 } }),
      'spec.replicas (1.5) is not a count',
    ],
    [
      object('apps/v1', 'StatefulSet', {
        spec: {
          volumeClaimTemplates: [
            { metadata: { name: 'a' }, spec: { resources: { requests: { storage: '0' } } } },
          ],
        },
      }),
      "requests.storage ('0') is not a volume",
    ],
    [
      object('batch/v1', 'CronJob', {
        spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'A' }] } } } } },
      }),
      'spec.jobTemplate.spec.template.spec.containers[0].name',
    ],
    [service({ port: 70_000 }), 'spec.ports[0].port (70000) is not a port'],
    [service({ targetPort: 'a'.repeat(16) }), 'at most 15'],
    [
      object('autoscaling/v2', 'HorizontalPodAutoscaler', {
        spec: { minReplicas: 3, maxReplicas: 2 },
      }),
      'exceeds maxReplicas (2)',
    ],
    [
      object('keda.sh/v1alpha1', 'ScaledObject', { spec: { minReplicaCount: NaN } }),
      'spec.minReplicaCount (NaN) is not a count',
    ],
    [policy({ ports: [] }), 'spec.egress[0].ports ([]) opens every port: name some'],
    [policy({ to: [] }), 'spec.egress[0].to ([]) opens the ports to everybody'],
    [policy({ to: [{}] }), 'spec.egress[0].to[0] ({}) names nobody'],
    [policy({ ports: [{ port: 0 }] }), 'spec.egress[0].ports[0].port (0) is not a port'],
    [
      policy({ to: [{ ipBlock: { cidr: '10.0.0.0' } }] }),
      "('10.0.0.0') is not a range of addresses",
    ],
    [policy({ to: [{ ipBlock: { cidr: '10.0.0.256/8' } }] }), 'is not a range of addresses'],
  ])('refuses what a workload, a port or a rule must not have: %#', (manifest, problem) => {
    expect(limitProblems(manifest)).toContainEqual(expect.stringContaining(problem));
  });
});

describe('a platform', () => {
  it('refuses all of it at once: objects of its user, patches, and options', () => {
    const test = new TestPlatform();
    test.producer();
    const consumer = test.consumer({
      env: [{ name: 'LOG_LEVEL', value: 'debug' }],
      egress: [{ ports: [] }, { ports: [70_000] }, { peer: {}, ports: [80] }],
      size: {
        cpuRequest: 'lots',
        memoryRequest: Size.gibibytes(1),
        memoryLimit: Size.mebibytes(512),
      },
    });
    consumer.workload.deployment.addJsonPatch(
      JsonPatch.replace('/spec/template/spec/containers/0/image', 'A B'),
    );
    new ApiObject(test.platform, 'mine', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'mine', labels: { team: LONG } },
    });
    const app = 'test/order-processor/app';
    const container = `${app}/deployment: ${CONTAINER}`;
    for (const problem of [
      `${container}.env[13] ('LOG_LEVEL') is there twice, and one would hide the other: keep one`,
      `${container}.resources.requests.cpu ('lots') is not a quantity: use e.g. '500m' for CPU and '512Mi' for memory`,
      `${container}.resources.requests.memory ('1Gi') exceeds the limit ('512Mi'), and no pod would be made: request at most that, or raise the limit`,
      `${container}.image ('A B') is not a repository of images`,
      `${app}/network/policy: spec.egress[3].ports ([]) opens every port: name some, or remove the rule`,
      `${app}/network/policy: spec.egress[4].ports[0].port (70000) is not a port: use a whole number from 1 to 65535`,
      `${app}/network/policy: spec.egress[5].to[0] ({}) names nobody`,
      `test/mine: metadata.labels.team ('${LONG}') has 64 characters, at most 63 are possible`,
    ]) {
      expect(() => renderPlatform(test.platform)).toThrow(problem);
    }
  });
});
