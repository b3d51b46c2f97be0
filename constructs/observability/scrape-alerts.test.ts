import { describe, expect, it } from 'vitest';
import { TestPlatform } from '../testing/fixtures.ts';

describe('ScrapeAlerts', () => {
  const test = new TestPlatform();
  test.producer();
  test.consumer();

  it('watch what is always there, and no consumer, which may be at zero', () => {
    expect(test.alerts('MetricsMissing').map(({ labels }) => labels.workload)).toEqual([
      'kafka-exporter',
      'shop',
    ]);
  });

  it('count nothing at all as none', () => {
    expect(test.alert('MetricsMissing').expr).toBe(
      '(sum(up{job="event-driven/kafka-exporter"}) or vector(0)) < 1',
    );
  });
});
