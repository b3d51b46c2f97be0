import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { TestPlatform } from '../testing/fixtures.ts';
import { CpuScaler, type CpuScalerProps } from './cpu-scaler.ts';
import type { IScalable } from './scalable.ts';

describe('CpuScaler', () => {
  it.each([
    [
      { minReplicas: 0 },
      'minReplicas (0) is not possible on CPU, which pods that do not run do not use: use 1 or more, or a KedaLagScaler',
    ],
    [{ minReplicas: 11 }, 'minReplicas (11) exceeds maxReplicas (10): use at most 10'],
    [{ maxReplicas: 0 }, 'maxReplicas (0) is not a count: use 1 or more'],
    [{ targetUtilization: 0 }, 'targetUtilization (0) is not a percentage: use 1 to 100'],
    [{ targetUtilization: 101 }, 'targetUtilization (101) is not a percentage: use 1 to 100'],
    [{ targetUtilization: NaN }, 'targetUtilization (NaN) is not a percentage: use 1 to 100'],
  ] as [Partial<CpuScalerProps>, string][])(
    'refuses %o with path, value and remedy',
    (props, problem) => {
      const test = new TestPlatform();
      const target = test.producer();
      expect(() => new CpuScaler(test.platform, 'cpu', { target, ...props })).toThrow(
        `test/cpu: ${problem}`,
      );
      // What was refused has not taken the workload.
      expect(() => new CpuScaler(test.platform, 'other', { target })).not.toThrow();
    },
  );

  it('refuses a workload that requests no CPU', () => {
    const test = new TestPlatform();
    const target: IScalable = Object.assign(new Construct(test.platform, 'bare'), {
      deploymentName: 'bare',
      hasCpuRequest: false,
      attachScaler: () => undefined,
    });
    expect(() => new CpuScaler(test.platform, 'cpu', { target })).toThrow(
      "test/cpu: Deployment 'bare' requests no CPU, and utilization is a ratio of the request: request some",
    );
  });

  it('takes the place of the lag scaler of a consumer, never one beside it', () => {
    const test = new TestPlatform();
    test.producer();
    const target = test.consumer({ scaling: false });
    new CpuScaler(test.platform, 'cpu', { target, minReplicas: 1, maxReplicas: 3 });
    expect(test.object('Deployment', 'order-processor').spec).not.toHaveProperty('replicas');
    expect(test.object('HorizontalPodAutoscaler', 'order-processor').spec).toMatchObject({
      minReplicas: 1,
      maxReplicas: 3,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'order-processor' },
    });
    expect(test.objects().some(({ kind }) => kind === 'ScaledObject')).toBe(false);
  });

  it('refuses a second CpuScaler', () => {
    const test = new TestPlatform();
    const target = test.producer();
    new CpuScaler(test.platform, 'one', { target });
    expect(() => new CpuScaler(test.platform, 'two', { target })).toThrow(
      "test/two: Deployment 'shop' is scaled by 'test/one' already, and two scalers would undo each other's decisions: keep one",
    );
  });
});
