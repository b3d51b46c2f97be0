import { describe, expect, it } from 'vitest';
import { defineEvent } from '@cdk8s-event-platform/contracts';
import { DaprConfiguration, Environment, EventProducer } from './index.ts';
import { CpuScaler } from './scaling/index.ts';
import { OrderPlaced, shop, TestPlatform } from './testing/fixtures.ts';

describe('numbers that no cluster takes are refused where they are declared', () => {
  it('counts of the broker', () => {
    for (const minInSyncReplicas of [0, 1.5]) {
      expect(() => new TestPlatform(Environment.local(), { minInSyncReplicas })).toThrow(
        `test/kafka: minInSyncReplicas (${minInSyncReplicas}) is not a count: use 1`,
      );
    }
  });

  it('thresholds and ratios of scalers', () => {
    expect(() => new TestPlatform().consumer({ scaling: { lagThreshold: 1.5 } })).toThrow(
      /scaler: lagThreshold \(1\.5\) must be a whole number of at least 1/,
    );
    expect(() => new TestPlatform().consumer({ scaling: { activationLagThreshold: -5 } })).toThrow(
      /scaler: activationLagThreshold \(-5\) must be a whole number of at least 0/,
    );
    const test = new TestPlatform();
    const target = test.producer();
    expect(() => new CpuScaler(test.platform, 'cpu', { target, targetUtilization: 70.5 })).toThrow(
      /test\/cpu: targetUtilization \(70\.5\) is not a percentage: use 1 to 100/,
    );
  });

  it('pods of a producer', () => {
    const { platform, pubSub } = new TestPlatform();
    expect(
      () => new EventProducer(platform, 'shop', { manifest: shop, pubSub, replicas: -3 }),
    ).toThrow('test/shop: replicas (-3) is not a number of pods: use 1 or more');
  });

  it('the ratio of traces', () => {
    const { platform } = new TestPlatform();
    expect(() => new DaprConfiguration(platform, 'more', { traceSampling: 10 })).toThrow(
      'test/more: traceSampling 10 is not a ratio: use 0 to 1',
    );
  });
});

it('migrations whose numbers are equal are refused: files sort otherwise than names', () => {
  const test = new TestPlatform();
  test.database.addMigration({ name: '0400-orders', sql: '' });
  test.database.addMigration({ name: '0400-orders-index', sql: '' });
  expect(() => test.objects()).toThrow(
    /test\/postgres: migrations '0400-orders' and '0400-orders-index' share the number 0400.*another number/,
  );
});

it('a key that only JavaScript knows is no property of a schema', () => {
  const define = defineEvent as (contract: unknown) => unknown;
  expect(() => define({ ...OrderPlaced, key: 'toString' })).toThrow(
    /key 'toString' is not a property of the schema/,
  );
});
