import { type ApiObject, Duration, JsonPatch, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { defineApp, type EventContract, type AppManifest } from '@cdk8s-event-platform/contracts';
import { DeclarationError } from '../core/index.ts';
import { Environment } from '../platform/index.ts';
import {
  type AnyManifest,
  OrderPlaced,
  orderProcessor,
  inProduction,
  shop,
  TestPlatform,
} from '../testing/fixtures.ts';
import type { IdempotentConsumerProps } from './idempotent-consumer.ts';

function deployment(
  props: Partial<IdempotentConsumerProps> = {},
  environment = Environment.local(),
) {
  const test = new TestPlatform(environment);
  test.producer();
  test.consumer(props);
  return test.object('Deployment', 'order-processor').spec as AnyManifest;
}

describe('AppWorkload', () => {
  it('gives a pod 15 seconds more than it needs to drain, in the sidecar as in the pod', () => {
    const { template } = deployment();
    expect(template.spec.terminationGracePeriodSeconds).toBe(40);
    expect(template.metadata.annotations['dapr.io/graceful-shutdown-seconds']).toBe('25');
    const longer = deployment({ drain: Duration.minutes(2) }).template;
    expect(longer.spec.terminationGracePeriodSeconds).toBe(135);
    expect(longer.metadata.annotations['dapr.io/graceful-shutdown-seconds']).toBe('120');
  });

  it.each([29, 30])('refuses %d seconds of grace for 30 of drain', (seconds) => {
    expect(() =>
      new TestPlatform().consumer({
        drain: Duration.seconds(30),
        terminationGracePeriod: Duration.seconds(seconds),
      }),
    ).toThrow(
      `test/order-processor: terminationGracePeriod (${seconds} seconds) is not longer than the drain (30 seconds): pods would be killed with events in flight; use 45 seconds or more`,
    );
  });

  it('takes a grace that is a second longer', () => {
    const props = { drain: Duration.seconds(30), terminationGracePeriod: Duration.seconds(31) };
    expect(deployment(props).template.spec.terminationGracePeriodSeconds).toBe(31);
  });

  it('starts the image of the environment, or the one it is given', () => {
    const images = { registry: 'registry.example.com/shop', tag: '1.2.3' };
    const image = (props: Partial<IdempotentConsumerProps>) =>
      deployment(props, Environment.local({ images })).template.spec.containers[0].image as string;
    expect(image({})).toBe('registry.example.com/shop/order-processor:1.2.3');
    expect(image({ image: `other@sha256:${'0f'.repeat(32)}` })).toBe(
      `other@sha256:${'0f'.repeat(32)}`,
    );
  });

  it('tells the image where to publish and what to log, and what else it is told', () => {
    const { env } = deployment({ logLevel: 'debug', env: [{ name: 'REGION', value: 'eu' }] })
      .template.spec.containers[0] as { env: unknown[] };
    expect(env).toContainEqual({ name: 'PUBSUB_NAME', value: 'pubsub' });
    expect(env).toContainEqual({ name: 'LOG_LEVEL', value: 'debug' });
    expect(env.at(-1)).toEqual({ name: 'REGION', value: 'eu' });
  });

  it('has metrics scraped from a port that nobody else may connect to', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    for (const name of ['shop', 'order-processor']) {
      const [container] = test.object('Deployment', name).spec.template.spec.containers;
      expect(container.ports).toEqual([
        { name: 'http', containerPort: 8080 },
        { name: 'metrics', containerPort: 9464 },
      ]);
      const { podMetricsEndpoints } = test.object('PodMonitor', name).spec;
      expect(podMetricsEndpoints[0]).toEqual({ port: 'metrics', path: '/metrics' });
      const rules = test.object('NetworkPolicy', name).spec.ingress as {
        from: object[];
        ports: { port: number }[];
      }[];
      const admitted = (port: number) =>
        rules.filter(({ ports }) => ports.some((one) => one.port === port)).map(({ from }) => from);
      const monitoring = { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } };
      expect(admitted(9464)).toEqual([[{ namespaceSelector: monitoring }]]);
      expect(admitted(8080)).toEqual(name === 'shop' ? [[{ namespaceSelector: {} }]] : []);
    }
  });

  it('takes other sizes', () => {
    const size = {
      cpuRequest: '500m',
      cpuLimit: '1',
      memoryRequest: Size.mebibytes(512),
      memoryLimit: Size.gibibytes(1),
    };
    expect(deployment({ size }).template.spec.containers[0].resources).toEqual({
      requests: { cpu: '500m', memory: '512Mi' },
      limits: { cpu: '1', memory: '1Gi' },
    });
  });

  it('spreads over zones in production', () => {
    const production = inProduction({ postgres: { host: 'db.example.com' } });
    expect(deployment({}, production).template.spec.topologySpreadConstraints).toHaveLength(1);
    expect(deployment().template.spec).not.toHaveProperty('topologySpreadConstraints');
  });

  it('applies patches last, in the order in which they were added', () => {
    const test = new TestPlatform();
    test.producer();
    const { workload } = test.consumer();
    const grace = '/spec/template/spec/terminationGracePeriodSeconds';
    workload.deployment.addJsonPatch(JsonPatch.replace(grace, 98));
    workload.deployment.addJsonPatch(JsonPatch.replace(grace, 99));
    // Not even the rule that a scaled Deployment has no number of pods comes after a patch.
    workload.deployment.addJsonPatch(JsonPatch.add('/spec/replicas', 7));
    const { spec } = test.object('Deployment', 'order-processor');
    expect(spec.template.spec.terminationGracePeriodSeconds).toBe(99);
    expect(spec.replicas).toBe(7);
  });

  it('lets every generated object be patched', () => {
    const test = new TestPlatform();
    test.producer();
    const consumer = test.consumer();
    const label = JsonPatch.add('/metadata/labels/team', 'orders');
    const { workload, scaler, alerts, resiliency, subscriptions } = consumer;
    const objects: ApiObject[] = [
      workload.deployment,
      workload.serviceAccount!,
      scaler!.scaledObject,
      alerts.rule!,
      resiliency.resiliency,
      subscriptions[0]!.subscription,
    ];
    objects.forEach((object) => object.addJsonPatch(label));
    const patched = test
      .objects()
      .filter(({ metadata }) => (metadata as { labels?: { team?: string } }).labels?.team)
      .map(({ kind }) => kind);
    expect(patched.sort()).toEqual(objects.map(({ kind }) => kind).sort());
  });
});

describe('EventProducer', () => {
  it('has as many pods as it is told, and is reached from every namespace', () => {
    const test = new TestPlatform();
    test.producer();
    expect(test.object('Deployment', 'shop').spec.replicas).toBe(1);
    expect(test.object('NetworkPolicy', 'shop').spec.ingress).toContainEqual({
      from: [{ namespaceSelector: {} }],
      ports: [{ port: 8080, protocol: 'TCP' }],
    });
  });

  it('gets rights to its topics, and neither subscription, database nor an alert on an outbox', () => {
    const test = new TestPlatform();
    test.producer();
    const [topic] = test.pubSub.topics;
    expect(topic?.publishers).toEqual(['shop']);
    expect(topic?.subscribers).toEqual([]);
    const [container] = test.object('Deployment', 'shop').spec.template.spec.containers;
    expect(JSON.stringify(container.env)).not.toMatch(/PGHOST|PGPASSWORD/);
    const kinds = test.objects().map(({ kind }) => kind);
    for (const kind of ['Subscription', 'ScaledObject']) {
      expect(kinds).not.toContain(kind);
    }
    expect(test.alerts('PublishErrors')).toHaveLength(1);
    expect(test.alerts('OutboxStuck')).toEqual([]);
  });

  it.each<AppManifest>([orderProcessor, { ...shop, publishes: [] }])(
    'refuses an image that publishes nothing ($appId)',
    (manifest) => {
      const { appId } = manifest;
      expect(() => new TestPlatform().producer(manifest)).toThrow(
        `test/${appId}: app manifest '${appId}' publishes nothing: list its events under 'publishes', or use IdempotentConsumer`,
      );
    },
  );
});

describe('IdempotentConsumer', () => {
  it.each<AppManifest>([shop, { ...orderProcessor, subscribes: [] }])(
    'refuses an image that subscribes to nothing ($appId)',
    (manifest) => {
      const { appId } = manifest;
      expect(() => new TestPlatform().consumer({}, manifest)).toThrow(
        `test/${appId}: app manifest '${appId}' subscribes to nothing: list its events under 'subscribes', or use EventProducer`,
      );
    },
  );

  it.each([0, -1, 1.5, NaN])('refuses %d pods under normal load', (replicas) => {
    const build = () => new TestPlatform().consumer({ replicas });
    expect(build).toThrow(DeclarationError);
    expect(build).toThrow(
      `test/order-processor: replicas (${replicas}) is not a number of pods under normal load: use 1 or more, and scaling.minReplicas for zero`,
    );
  });

  it('says which of its topics are narrower', () => {
    const test = new TestPlatform();
    const OrderPaid: EventContract = {
      ...OrderPlaced,
      type: 'com.example.order.paid',
      topic: 'order-paid',
    };
    test.pubSub.addTopic(OrderPaid, { partitions: 12 });
    const manifest = defineApp({ ...orderProcessor, subscribes: [OrderPaid, OrderPlaced] });
    expect(() => test.consumer({}, manifest)).toThrow(
      'test/order-processor: receives topics with unequal partitions in one consumer group (order-paid: 12, order-placed: 3): some pods would get nothing of the narrower ones; give them equal partitions, or one app each',
    );
  });

  it('has no number of pods once it is scaled, be it by lag or by CPU', () => {
    expect(deployment({ replicas: 5 })).not.toHaveProperty('replicas');
    expect(deployment({ replicas: 3, scaling: false }).replicas).toBe(3);
  });

  it('gives each app that shares a topic its own group, dead letters and scaler', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer();
    test.consumer({}, defineApp({ ...orderProcessor, appId: 'archive' }));
    const groups = test
      .objects()
      .filter(({ kind }) => kind === 'ScaledObject')
      .map(({ spec }) => spec.triggers[0].metadata.consumerGroup as string);
    expect(groups).toEqual(['order-processor', 'archive']);
    expect(test.broker.topics.map(({ name }) => name)).toEqual([
      'order-placed',
      'order-placed.archive.dlq',
      'order-placed.order-processor.dlq',
    ]);
  });
});
