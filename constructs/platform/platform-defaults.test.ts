import { ApiObject, JsonPatch } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  DeadLetterProcessor,
  DnsServer,
  Environment,
  type EventPlatform,
  type IMessageBroker,
  KafkaCluster,
  KafkaUi,
  NatsJetStream,
  type PlatformDefaults,
  RabbitMqCluster,
  RedisStreams,
  StrimziKafka,
} from '../index.ts';
import { type AnyManifest, inProduction, TestPlatform } from '../testing/fixtures.ts';

const BROKERS: Readonly<Record<string, (platform: EventPlatform) => IMessageBroker>> = {
  KafkaCluster: (platform) => {
    const broker = new KafkaCluster(platform, 'kafka');
    new KafkaUi(platform, 'ui', { broker });
    return broker;
  },
  RabbitMqCluster: (platform) => new RabbitMqCluster(platform, 'rabbitmq'),
  RedisStreams: (platform) => new RedisStreams(platform, 'redis'),
  NatsJetStream: (platform) => new NatsJetStream(platform, 'nats'),
  StrimziKafka: (platform) => new StrimziKafka(platform, 'kafka'),
};

const DEFAULTS: PlatformDefaults = {
  labels: { team: 'shop', 'app.kubernetes.io/name': 'not-taken' },
  annotations: { 'example.com/cost-center': '4711' },
  nodeSelector: { pool: 'events' },
  tolerations: [{ key: 'events', operator: 'Exists' }],
  imagePullSecrets: ['mirror'],
  cpuLimit: '2',
  monitors: { labels: { release: 'prometheus' } },
  rules: { labels: { release: 'prometheus' } },
};

/** What the least pod says. */
const POD = { containers: [{ name: 'mine', image: 'mine:1' }] };

function declared(
  broker: (platform: EventPlatform) => IMessageBroker,
  defaults: PlatformDefaults,
  environment: Environment,
  createNamespace = true,
): readonly AnyManifest[] {
  const test = new TestPlatform(environment, broker, { defaults, createNamespace });
  const { platform, pubSub, database } = test;
  const deadLetters = new DeadLetterProcessor(platform, 'dead-letters', { pubSub, database });
  test.producer();
  test.consumer({ deadLetters });
  new ApiObject(platform, 'mine', {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'mine', labels: { team: 'other' } },
  });
  return test.objects();
}

/** Templates of pods, wherever they are in an object. */
function templatesIn(value: unknown): AnyManifest[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const { spec } = value as { readonly spec?: { readonly containers?: unknown } };
  return Array.isArray(spec?.containers)
    ? [value as AnyManifest]
    : Object.values(value).flatMap(templatesIn);
}

const CASES = Object.entries(BROKERS).flatMap(([name, broker]) =>
  [Environment.local(), inProduction()].map(
    (environment) => [name, environment.name, broker, environment] as const,
  ),
);

describe.each(CASES)(
  'a platform with defaults and %s, %s',
  (_name, _profile, broker, environment) => {
    const objects = declared(broker, DEFAULTS, environment);
    const templates = objects.flatMap(templatesIn);

    it('gives every object and pod its labels and annotations, but those that they have', () => {
      for (const { kind, metadata } of [...objects, ...templates] as AnyManifest[]) {
        const { labels, annotations, name } = metadata as unknown as AnyManifest;
        expect(labels.team, `${kind}/${name}`).toBe(name === 'mine' ? 'other' : 'shop');
        expect(annotations, `${kind}/${name}`).toMatchObject(DEFAULTS.annotations!);
      }
      const own = templates.filter(
        ({ metadata }) =>
          (metadata as unknown as AnyManifest).labels['app.kubernetes.io/name'] === 'not-taken',
      );
      expect(own).toEqual([]);
    });

    it('places every pod, and pulls its images with the Secret', () => {
      expect(templates.length).toBeGreaterThan(3);
      for (const { spec } of templates) {
        expect(spec).toMatchObject({
          nodeSelector: DEFAULTS.nodeSelector,
          imagePullSecrets: [{ name: 'mirror' }],
        });
        expect(spec.tolerations).toContainEqual(DEFAULTS.tolerations![0]);
      }
    });

    it('limits the CPU of every container and sidecar', () => {
      for (const { metadata, spec } of templates) {
        const { containers, initContainers = [] } = spec as Record<string, AnyManifest[]>;
        for (const { name, resources } of [...containers!, ...initContainers]) {
          expect(resources?.limits?.cpu, String(name)).toBeDefined();
        }
        const { annotations } = metadata as unknown as { annotations: Record<string, string> };
        if (annotations['dapr.io/enabled'] === 'true') {
          expect(annotations['dapr.io/sidecar-cpu-limit']).toBe('2');
        }
      }
    });

    it('labels what the Prometheus operator selects', () => {
      const found = objects.filter(({ kind }) => /^(PodMonitor|PrometheusRule)$/.test(kind));
      expect(found.length).toBeGreaterThan(3);
      for (const { metadata } of found as unknown as { metadata: { labels: object } }[]) {
        expect(metadata.labels).toMatchObject({ release: 'prometheus' });
      }
    });
  },
);

it("Strimzi's pods have them, too", () => {
  const objects = declared(BROKERS.StrimziKafka!, DEFAULTS, inProduction());
  const pool = objects.find(({ kind }) => kind === 'KafkaNodePool')!;
  expect(pool.spec.template.pod).toMatchObject({
    metadata: { labels: { team: 'shop' }, annotations: DEFAULTS.annotations },
    imagePullSecrets: [{ name: 'mirror' }],
    tolerations: [{ key: 'events', operator: 'Exists' }],
  });
  expect(JSON.stringify(pool.spec.template.pod.affinity)).toContain(
    '{"key":"pool","operator":"In","values":["events"]}',
  );
  const { entityOperator } = objects.find(({ kind }) => kind === 'Kafka')!.spec as AnyManifest;
  expect(entityOperator.template.pod.metadata.labels).toEqual({
    ...DEFAULTS.labels,
  });
});

describe('defaults of a platform', () => {
  const kafka = BROKERS.KafkaCluster!;

  it('change nothing when they are empty', () => {
    const test = new TestPlatform(Environment.local());
    const same = new TestPlatform(Environment.local(), {}, { defaults: {} });
    [test, same].forEach((one) => one.consumer());
    [test, same].forEach((one) => one.producer());
    expect(same.objects()).toEqual(test.objects());
  });

  it('leave users to a cluster that chooses them', () => {
    const objects = declared(kafka, { assignedUsers: true }, inProduction());
    const text = JSON.stringify(objects);
    expect(text).not.toMatch(/runAsUser|runAsGroup|fsGroup/);
    const templates = objects.flatMap(templatesIn);
    templates.forEach(({ spec }) =>
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true }),
    );
  });

  it('name Jobs by what they run with them', () => {
    const jobs = (defaults: PlatformDefaults) =>
      declared(kafka, defaults, Environment.local())
        .filter(({ kind }) => kind === 'Job')
        .map(({ metadata }) => metadata.name);
    const [plain, limited] = [jobs({}), jobs({ cpuLimit: '1' })];
    expect(limited).toHaveLength(plain.length);
    expect(limited.filter((name) => plain.includes(name))).toEqual([]);
  });

  it('write quantities as the API server keeps them', () => {
    const objects = declared(kafka, { cpuLimit: '8000m' }, inProduction());
    expect(JSON.stringify(objects)).not.toContain('8000m');
    expect(JSON.stringify(objects)).toContain('"cpu":"8"');
  });

  it.each([
    ['v1', 'Pod', { spec: POD }],
    ['v1', 'PodTemplate', { template: { spec: POD } }],
    ['v1', 'ReplicationController', { spec: { template: { spec: POD } } }],
    ['apps/v1', 'ReplicaSet', { spec: { selector: {}, template: { spec: POD } } }],
    ['batch/v1', 'CronJob', { spec: { jobTemplate: { spec: { template: { spec: POD } } } } }],
    ['keda.sh/v1alpha1', 'ScaledJob', { spec: { jobTargetRef: { template: { spec: POD } } } }],
  ])('reach the pods of %s/%s of your own', (apiVersion, kind, body) => {
    const test = new TestPlatform(Environment.local(), {}, { defaults: DEFAULTS });
    test.producer();
    const metadata = { name: 'mine' };
    new ApiObject(test.platform, 'mine', { apiVersion, kind, metadata, ...body });
    const object = test.object(kind, 'mine');
    const [template] = templatesIn(object);
    expect(template!.spec).toMatchObject({
      nodeSelector: DEFAULTS.nodeSelector,
      tolerations: DEFAULTS.tolerations,
      imagePullSecrets: [{ name: 'mirror' }],
      containers: [{ resources: { limits: { cpu: '2' } } }],
    });
  });

  it('pull images once with a Secret that is named twice, by them or by a pod', () => {
    const test = new TestPlatform(
      Environment.local(),
      {},
      { defaults: { imagePullSecrets: ['mirror', 'mirror', 'own'] } },
    );
    test.producer();
    new ApiObject(test.platform, 'pod', {
      ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'mine' } },
      spec: { ...POD, imagePullSecrets: [{ name: 'own' }] },
    });
    expect(test.object('Pod', 'mine').spec.imagePullSecrets).toEqual([
      { name: 'own' },
      { name: 'mirror' },
    ]);
    for (const { spec } of test.objects().flatMap(templatesIn)) {
      expect(spec.imagePullSecrets).toHaveLength(2);
    }
  });

  it('give way to patches', () => {
    const test = new TestPlatform(Environment.local(), {}, { defaults: DEFAULTS });
    test.producer();
    const { deployment } = test.consumer().workload;
    deployment.addJsonPatch(JsonPatch.replace('/spec/template/spec/nodeSelector/pool', 'mine'));
    const { spec } = test.object('Deployment', 'order-processor').spec.template;
    expect(spec.nodeSelector).toEqual({ pool: 'mine' });
  });

  it('leave out monitors and rules', () => {
    const kinds = (defaults: PlatformDefaults) =>
      new Set(declared(kafka, defaults, inProduction()).map(({ kind }) => kind));
    expect(kinds({ monitors: false })).not.toContain('PodMonitor');
    expect(kinds({ monitors: false })).toContain('PrometheusRule');
    expect(kinds({ rules: false })).not.toContain('PrometheusRule');
    expect(kinds({ rules: false })).toContain('PodMonitor');
  });

  it.each([
    [[DnsServer.nodeLocal()], [{ ipBlock: { cidr: '169.254.20.10/32' } }], 53],
    [[DnsServer.address('fd00::10')], [{ ipBlock: { cidr: 'fd00::10/128' } }], 53],
    [
      [DnsServer.openShift()],
      [
        {
          namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'openshift-dns' } },
          podSelector: {
            matchLabels: { 'dns.operator.openshift.io/daemonset-dns': 'default' },
          },
        },
      ],
      5353,
    ],
  ])('let pods ask other DNS servers: %#', (dns, to, port) => {
    const test = new TestPlatform(Environment.local(), {}, { defaults: { dns } });
    test.producer();
    const { egress } = test.object('NetworkPolicy', 'default-deny').spec as AnyManifest;
    expect(egress).toEqual([
      {
        to,
        ports: [
          { port, protocol: 'UDP' },
          { port, protocol: 'TCP' },
        ],
      },
    ]);
  });

  it('are rejected all at once, with the value and the remedy', () => {
    const defaults: PlatformDefaults = {
      labels: { 'a b': 'x' },
      annotations: { 'also bad!': '' },
      nodeSelector: { pool: 'not valid!' },
      imagePullSecrets: ['Upper'],
      cpuLimit: 'lots',
      dns: [],
      rules: { labels: { release: '-' } },
    };
    let message = '';
    try {
      new TestPlatform(Environment.local(), {}, { defaults });
    } catch (error) {
      ({ message } = error as Error);
    }
    for (const part of [
      "test: defaults.labels 'a b: x'",
      "test: defaults.annotations 'also bad!'",
      "test: defaults.nodeSelector 'pool: not valid!'",
      "test: defaults.imagePullSecrets 'Upper'",
      "test: defaults.cpuLimit 'lots' is not a quantity of CPU: use e.g. '500m' or '2'",
      'test: defaults.dns ([]) lets no pod look up a name',
      "test: defaults.rules.labels 'release: -'",
    ]) {
      expect(message).toContain(part);
    }
  });

  it('have names, which untyped JavaScript learns', () => {
    const defaults = { tolerances: [] } as PlatformDefaults;
    expect(() => new TestPlatform(Environment.local(), {}, { defaults })).toThrow(/tolerances/);
  });
});

it('an existing namespace is not rendered, and its policies are', () => {
  const objects = declared(BROKERS.KafkaCluster!, {}, Environment.local(), false);
  expect(objects.map(({ kind }) => kind)).not.toContain('Namespace');
  expect(objects.map(({ metadata }) => metadata.name)).toContain('default-deny');
});
