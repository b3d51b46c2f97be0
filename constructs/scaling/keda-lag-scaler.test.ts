import fc from 'fast-check';
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import { Environment } from '../platform/index.ts';
import { OrderPlaced, orderProcessor, inProduction, TestPlatform } from '../testing/fixtures.ts';
import { CpuScaler } from './cpu-scaler.ts';
import { KedaLagScaler, type KedaLagScalerOptions } from './keda-lag-scaler.ts';

const OrderPaid = defineEvent({
  ...OrderPlaced,
  type: 'com.example.order.paid',
  topic: 'order-paid',
});

function consumer(partitions: number, scaling?: KedaLagScalerOptions) {
  const test = new TestPlatform();
  test.pubSub.addTopic(OrderPlaced, { partitions });
  return test.consumer(scaling === undefined ? {} : { scaling });
}

describe('KedaLagScaler', () => {
  it('has at most 20 pods, or one for each partition where they are fewer', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), (partitions) => {
        expect(consumer(partitions).scaler).toMatchObject({
          maxReplicas: Math.min(20, partitions),
          lagThreshold: 100,
        });
      }),
      { numRuns: 10 },
    );
  });

  it('takes any most pods up to the partitions, and none beyond', () => {
    const bounds = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(bounds, ([partitions, maxReplicas]) => {
        const build = () => consumer(partitions, { maxReplicas });
        if (maxReplicas <= partitions) {
          expect(build().scaler?.maxReplicas).toBe(maxReplicas);
        } else {
          expect(build).toThrow(
            `test/order-processor/scaler: maxReplicas (${maxReplicas}) exceeds the ${partitions} partitions of topic 'order-placed': consumers beyond the partition count stay idle; use at most ${partitions}, or raise partitions`,
          );
        }
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    [Environment.local(), undefined, 0],
    [Environment.local(), 2, 2],
    [inProduction({ postgres: { host: 'db.example.com' } }), undefined, 1],
    [inProduction({ postgres: { host: 'db.example.com' } }), 0, 0],
  ])('keeps the least pods of the environment, or those asked for (%#)', (env, min, expected) => {
    const test = new TestPlatform(env);
    const { scaler } = test.consumer(min === undefined ? {} : { scaling: { minReplicas: min } });
    expect(scaler?.minReplicas).toBe(expected);
  });

  it.each([
    [{ minReplicas: -1 }, 'minReplicas (-1) is not a count: use 0 or more'],
    [{ minReplicas: 4 }, 'minReplicas (4) exceeds maxReplicas (3): use at most 3'],
    [{ maxReplicas: 0 }, 'maxReplicas (0) is not a count: use 1 or more'],
    [{ lagThreshold: 0 }, 'lagThreshold (0) must be a whole number of at least 1'],
    [{ lagThreshold: -5 }, 'lagThreshold (-5) must be a whole number of at least 1'],
    [{ lagThreshold: NaN }, 'lagThreshold (NaN) must be a whole number of at least 1'],
  ])('refuses %o with path, value and remedy', (scaling, problem) => {
    expect(() => consumer(3, scaling)).toThrow(`test/order-processor/scaler: ${problem}`);
  });

  it('refuses a name that leaves KEDA no room, and takes the longest that does', () => {
    const named = (length: number) => () =>
      new TestPlatform().consumer({}, defineApp({ ...orderProcessor, appId: 'a'.repeat(length) }));
    expect(named(54)).not.toThrow();
    expect(named(55)).toThrow(
      `test/${'a'.repeat(55)}/scaler: name '${'a'.repeat(55)}' has 55 characters, and KEDA's autoscaler 'keda-hpa-<name>' leaves room for 54: use a shorter app id`,
    );
  });

  it('has a trigger for each topic of the consumer, all of one group', () => {
    const test = new TestPlatform();
    const { scaler } = test.consumer(
      {
        scaling: {
          lagThreshold: 50,
          activationLagThreshold: 5,
          pollingInterval: Duration.seconds(5),
          cooldownPeriod: Duration.minutes(1),
        },
      },
      defineApp({ ...orderProcessor, subscribes: [OrderPlaced, OrderPaid] }),
    );
    const { spec } = scaler!.scaledObject.toJson() as { spec: Record<string, unknown> };
    expect(spec).toMatchObject({ pollingInterval: 5, cooldownPeriod: 60 });
    expect(spec.triggers).toMatchObject([
      ...['order-placed', 'order-paid'].map((topic) => ({
        type: 'kafka',
        metadata: {
          topic,
          consumerGroup: 'order-processor',
          lagThreshold: '50',
          activationLagThreshold: '5',
        },
      })),
      { type: 'postgresql' },
    ]);
  });

  it('never falls back to more pods than it may have', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer({ replicas: 10, scaling: { maxReplicas: 2 } });
    const { fallback, maxReplicaCount } = test.object('ScaledObject', 'order-processor').spec;
    expect(maxReplicaCount).toBe(2);
    expect(fallback.replicas).toBe(2);
  });

  it('refuses to scale on nothing', () => {
    const test = new TestPlatform();
    const target = test.producer();
    expect(
      () =>
        new KedaLagScaler(test.platform, 'lag', {
          target,
          broker: test.broker,
          consumerGroup: 'shop',
          topics: [],
          fallbackReplicas: 1,
        }),
    ).toThrow(
      "test/lag: no topics to scale 'shop' on: give the topics that it receives, or use CpuScaler",
    );
  });

  it('refuses a workload that scales on CPU', () => {
    const test = new TestPlatform();
    const target = test.consumer({ scaling: false });
    new CpuScaler(test.platform, 'cpu', { target });
    expect(
      () =>
        new KedaLagScaler(test.platform, 'lag', {
          target,
          broker: test.broker,
          consumerGroup: target.appId,
          topics: target.subscriptions.map(({ topic }) => topic),
          fallbackReplicas: 1,
        }),
    ).toThrow("test/lag: Deployment 'order-processor' is scaled by 'test/cpu' already");
  });
});
