import { describe, expect, it } from 'vitest';
import { TestPlatform } from '../testing/fixtures.ts';

describe('MetricsScrape', () => {
  const test = new TestPlatform();
  test.producer();
  test.consumer();

  it.each(['shop', 'order-processor'])('has every port of %s scraped, within bounds', (name) => {
    expect(test.object('PodMonitor', name).spec).toEqual({
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      sampleLimit: 5000,
      podMetricsEndpoints: [
        { port: 'metrics', path: '/metrics' },
        { port: 'dapr-metrics', path: '/metrics' },
      ],
    });
  });

  it('has the port of an exporter scraped', () => {
    const { spec } = test.object('Deployment', 'kafka-exporter').spec.template;
    expect(test.object('PodMonitor', 'kafka-exporter').spec.podMetricsEndpoints).toEqual([
      { port: spec.containers[0].ports[0].name as string, path: '/metrics' },
    ]);
  });
});
