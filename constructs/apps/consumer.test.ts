import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import { PLATFORM_MIGRATIONS } from '@cdk8s-event-platform/contracts/interface';
import { Environment } from '../platform/index.ts';
import { CpuScaler } from '../scaling/index.ts';
import {
  OrderPlaced,
  orderProcessor,
  inProduction,
  shop,
  TestPlatform,
} from '../testing/fixtures.ts';

const production = inProduction({ postgres: { host: 'postgres.example.com' } });

function complete(environment = Environment.local()): TestPlatform {
  const test = new TestPlatform(environment);
  test.producer();
  test.consumer({ replicas: 3 });
  return test;
}

describe('EventProducer', () => {
  it('is a Deployment with a sidecar, behind a Service', () => {
    const test = complete();
    const { spec } = test.object('Deployment', 'shop');
    expect(spec.replicas).toBe(1);
    expect(spec.template.metadata.annotations).toMatchObject({
      'dapr.io/enabled': 'true',
      'dapr.io/app-id': 'shop',
      'dapr.io/app-port': '8080',
      'dapr.io/app-health-check-path': '/healthz',
    });
    expect(test.object('Service', 'shop').spec.ports).toEqual([
      { name: 'http', port: 80, targetPort: 'http' },
    ]);
  });

  it('refuses an image that publishes nothing', () => {
    expect(() => new TestPlatform().producer(orderProcessor)).toThrow(
      /test\/order-processor: app manifest 'order-processor' publishes nothing.*IdempotentConsumer/,
    );
  });
});

describe('IdempotentConsumer', () => {
  it('leaves the number of pods to its scaler', () => {
    expect(complete().object('Deployment', 'order-processor').spec.replicas).toBeUndefined();
    const test = new TestPlatform();
    test.producer();
    test.consumer({ replicas: 3, scaling: false });
    expect(test.object('Deployment', 'order-processor').spec.replicas).toBe(3);
    expect(test.objects().some(({ kind }) => kind === 'ScaledObject')).toBe(false);
  });

  it('gets events only while its database answers', () => {
    const { template } = complete().object('Deployment', 'order-processor').spec;
    expect(template.metadata.annotations).toMatchObject({
      'dapr.io/enable-app-health-check': 'true',
      'dapr.io/app-health-check-path': '/readyz',
      'dapr.io/app-health-probe-interval': '1',
    });
    const [container] = template.spec.containers;
    expect(container.readinessProbe.httpGet.path).toBe('/readyz');
    // A database that is down is no reason to restart the app.
    expect(container.livenessProbe.httpGet.path).toBe('/healthz');
  });

  it('gets its login from a Secret, and its migrations applied', () => {
    const test = complete();
    const [container] = test.object('Deployment', 'order-processor').spec.template.spec.containers;
    expect(container.env).toContainEqual({
      name: 'PGPASSWORD',
      valueFrom: { secretKeyRef: { name: 'order-processor-postgres', key: 'password' } },
    });
    expect(Object.keys(test.object('ConfigMap', 'postgres-migrations').data as object)).toEqual(
      [
        ...PLATFORM_MIGRATIONS.map(({ name }) => `${name}.sql`),
        '001-access.json',
        '0100-orders.sql',
      ].sort(),
    );
  });

  it.each([Environment.local(), production])(
    'meets PodSecurity restricted, with resources on app and sidecar ($name)',
    (environment) => {
      const { spec, metadata } = complete(environment).object('Deployment', 'order-processor').spec
        .template;
      expect(spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      const [container] = spec.containers;
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
      });
      expect(container.resources).toEqual({
        requests: { cpu: '50m', memory: '128Mi' },
        limits: { memory: '512Mi' },
      });
      expect(metadata.annotations).toMatchObject({
        'dapr.io/sidecar-cpu-request': '100m',
        'dapr.io/sidecar-memory-request': '64Mi',
        'dapr.io/sidecar-memory-limit': '256Mi',
      });
      expect(spec.automountServiceAccountToken).toBe(false);
    },
  );

  it('reaches broker, database and Dapr, and is reached by Prometheus alone, on ports of metrics', () => {
    const { ingress, egress } = complete().object('NetworkPolicy', 'order-processor').spec;
    expect(ingress).toEqual([
      {
        from: [
          { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'monitoring' } } },
        ],
        ports: [
          { port: 9464, protocol: 'TCP' },
          { port: 9090, protocol: 'TCP' },
        ],
      },
    ]);
    const ports = (egress as { ports: { port: number }[] }[]).map((rule) =>
      rule.ports.map(({ port }) => port),
    );
    expect(ports).toEqual([[6500, 50_001, 50_005, 50_006], [9092], [5432]]);
  });

  it.each([
    [
      { drain: Duration.seconds(30), terminationGracePeriod: Duration.seconds(30) },
      /terminationGracePeriod \(30 seconds\) is not longer than the drain \(30 seconds\)/,
    ],
    [{ replicas: 0 }, /replicas \(0\) is not a number of pods under normal load.*minReplicas/],
  ])('refuses %o', (props, message) => {
    expect(() => new TestPlatform().consumer(props)).toThrow(message);
  });

  it('refuses an image that subscribes to nothing', () => {
    expect(() => new TestPlatform().consumer({}, shop)).toThrow(
      /test\/shop: app manifest 'shop' subscribes to nothing.*EventProducer/,
    );
  });

  it('refuses a manifest that was made without checks', () => {
    expect(() => new TestPlatform().consumer({}, { ...orderProcessor, port: 3500 })).toThrow(
      /test\/order-processor: app manifest 'order-processor': port 3500 belongs to the Dapr sidecar/,
    );
  });

  it('refuses topics with unequal partitions in its group', () => {
    const test = new TestPlatform();
    const other = defineEvent({
      ...OrderPlaced,
      schema: {
        type: 'object',
        required: ['customer_id'],
        properties: { customer_id: { type: 'string', maxLength: 64 } },
      },
      type: 'com.example.order.paid',
      topic: 'order-paid',
    });
    test.pubSub.addTopic(other, { partitions: 6 });
    expect(() =>
      test.consumer({}, defineApp({ ...orderProcessor, subscribes: [OrderPlaced, other] })),
    ).toThrow(
      /test\/order-processor: receives topics with unequal partitions.*order-placed: 3, order-paid: 6.*equal partitions/,
    );
  });
});

describe('KedaLagScaler', () => {
  it.each([
    [Environment.local(), 0, {}],
    [production, 1, { sasl: 'scram_sha512', tls: 'enable' }],
  ])('follows the lag, within the partitions (%#)', (environment, minReplicaCount, login) => {
    const { spec } = complete(environment).object('ScaledObject', 'order-processor');
    expect(spec).toMatchObject({
      scaleTargetRef: { name: 'order-processor' },
      minReplicaCount,
      maxReplicaCount: 3,
      fallback: { failureThreshold: 3, replicas: 3, behavior: 'currentReplicasIfHigher' },
    });
    expect(spec.triggers).toMatchObject([
      {
        type: 'kafka',
        metricType: 'AverageValue',
        metadata: {
          bootstrapServers: 'kafka.event-driven.svc.cluster.local:9092',
          consumerGroup: 'order-processor',
          topic: 'order-placed',
          lagThreshold: '100',
          activationLagThreshold: '0',
          offsetResetPolicy: 'earliest',
          version: '2.8.0',
          ...login,
        },
      },
      { type: 'postgresql', authenticationRef: { name: 'postgres-keda' } },
    ]);
  });

  it('goes to 20 where there are more partitions', () => {
    const test = new TestPlatform();
    test.pubSub.addTopic(OrderPlaced, { partitions: 50 });
    expect(test.consumer().scaler?.maxReplicas).toBe(20);
  });

  it.each([
    [
      { maxReplicas: 20 },
      /test\/order-processor\/scaler: maxReplicas \(20\) exceeds the 3 partitions of topic 'order-placed': consumers beyond the partition count stay idle; use at most 3, or raise partitions/,
    ],
    [{ minReplicas: 3, maxReplicas: 2 }, /minReplicas \(3\) exceeds maxReplicas \(2\)/],
    [{ minReplicas: -1 }, /minReplicas \(-1\) is not a count/],
    [{ maxReplicas: 0 }, /maxReplicas \(0\) is not a count/],
    [{ lagThreshold: 0 }, /lagThreshold \(0\) must be a whole number/],
  ])('refuses %o', (scaling, message) => {
    expect(() => new TestPlatform().consumer({ scaling })).toThrow(message);
  });

  it('refuses a name that leaves KEDA no room', () => {
    const manifest = defineApp({ ...orderProcessor, appId: 'a'.repeat(55) });
    expect(() => new TestPlatform().consumer({}, manifest)).toThrow(/55 characters.*room for 54/);
  });
});

describe('CpuScaler', () => {
  it('scales a producer on the CPU of its own container', () => {
    const test = new TestPlatform();
    new CpuScaler(test.platform, 'scaler', { target: test.producer() });
    const { spec } = test.object('HorizontalPodAutoscaler', 'shop');
    expect(spec).toMatchObject({ minReplicas: 2, maxReplicas: 10 });
    expect(spec.metrics[0].containerResource).toEqual({
      container: 'shop',
      name: 'cpu',
      target: { type: 'Utilization', averageUtilization: 70 },
    });
    expect(test.object('Deployment', 'shop').spec.replicas).toBeUndefined();
  });

  it('refuses a workload that another scaler has', () => {
    const test = new TestPlatform();
    const target = test.consumer();
    expect(() => new CpuScaler(test.platform, 'cpu', { target })).toThrow(
      /test\/cpu: Deployment 'order-processor' is scaled by 'test\/order-processor\/scaler' already/,
    );
  });

  it.each([
    [{ minReplicas: 0 }, /minReplicas \(0\) is not possible on CPU/],
    [{ targetUtilization: 0 }, /targetUtilization \(0\) is not a percentage/],
    [{ minReplicas: 5, maxReplicas: 4 }, /minReplicas \(5\) exceeds maxReplicas \(4\)/],
  ])('refuses %o', (props, message) => {
    const test = new TestPlatform();
    const target = test.producer();
    expect(() => new CpuScaler(test.platform, 'cpu', { target, ...props })).toThrow(message);
  });
});

describe('alerts of a consumer', () => {
  it('watch its topics, its pods and its SLO with the thresholds that it is given', () => {
    const test = new TestPlatform();
    test.producer();
    const consumer = test.consumer({
      alerts: { maxLag: 5, for: Duration.minutes(1), maxProcessingTime: Duration.seconds(2) },
      slo: { within: Duration.seconds(5), ratio: 0.9 },
    });
    const lag = test.broker.lagQuery({ topic: 'order-placed', consumerGroup: 'order-processor' });
    expect(test.alert('ConsumerLagHigh')).toMatchObject({ expr: `${lag} > 5`, for: '1m' });
    expect(test.alert('EventProcessingSlow').expr).toMatch(/> 2$/);
    expect(consumer.slo).toMatchObject({ within: 5, ratio: 0.9 });
  });

  it('leave out the SLO that is switched off', () => {
    const test = new TestPlatform();
    test.producer();
    expect(test.consumer({ slo: false }).slo).toBeUndefined();
    expect(test.alerts('DeliverySloAtRisk')).toEqual([]);
  });
});
