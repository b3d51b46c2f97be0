import { describe, expect, it } from 'vitest';
import { CpuScaler } from '../scaling/index.ts';
import { TestPlatform } from '../testing/fixtures.ts';

describe('ScalerAlerts', () => {
  it('watch the reading of the lag, and the most pods that KEDA may start', () => {
    const test = new TestPlatform();
    test.producer();
    test.consumer({ scaling: { maxReplicas: 2 } });
    // The scrape configuration of KEDA decides what becomes of its own label `namespace`.
    expect(test.alert('ScalerFailing').expr).toBe(
      'sum((increase(keda_scaler_detail_errors_total{exported_namespace="event-driven",scaledObject="order-processor"}[5m]) or increase(keda_scaler_detail_errors_total{namespace="event-driven",scaledObject="order-processor"}[5m]))) > 0',
    );
    expect(test.alert('ScalerAtMaximum').expr).toBe(
      'kube_horizontalpodautoscaler_status_current_replicas{namespace="event-driven",horizontalpodautoscaler="keda-hpa-order-processor"} >= 2',
    );
  });

  it('watch the most pods alone where the CPU decides', () => {
    const test = new TestPlatform();
    new CpuScaler(test.platform, 'scaler', { target: test.producer(), maxReplicas: 4 });
    expect(test.alerts('ScalerFailing')).toEqual([]);
    expect(test.alert('ScalerAtMaximum').expr).toMatch(/horizontalpodautoscaler="shop"\} >= 4$/);
  });

  it.each([0, 1])(
    'are silent about a consumer that never has more than one pod (%i at least)',
    (least) => {
      const test = new TestPlatform();
      test.producer();
      test.consumer({ scaling: { minReplicas: least, maxReplicas: 1 } });
      expect(test.alerts('ScalerAtMaximum')).toEqual([]);
      expect(test.alerts('ScalerFailing')).toHaveLength(1);
    },
  );
});
