import { describe, expect, it } from 'vitest';
import { inProduction, TestPlatform } from '../testing/fixtures.ts';
import { METRICS, queryProblems, sourceOf } from './metric-catalogue.ts';
import { MetricSource, metricSources } from './metric-source.ts';

describe('METRICS', () => {
  it('have one source each', () => {
    const names = Object.values(METRICS).flat();
    expect(new Set(names).size).toBe(names.length);
  });

  it.each<[string, MetricSource | undefined]>([
    ['events_consumed_total', MetricSource.RUNTIME],
    ['event_processing_seconds_bucket', MetricSource.RUNTIME],
    ['nodejs_eventloop_lag_p99_seconds', MetricSource.RUNTIME],
    ['dapr_component_pubsub_egress_latencies_sum', MetricSource.SIDECAR],
    ['up', MetricSource.PROMETHEUS],
    // Names that the documents of the platform use, and nothing emits.
    ['kafka_consumer_lag', undefined],
    ['dapr_pubsub_ingress_count', undefined],
    ['dead_letter_events_total', undefined],
  ])('say what emits %s', (metric, source) => {
    expect(sourceOf(metric)).toBe(source);
  });
});

describe('metricSources', () => {
  it('are those of the cluster, and what the platform scrapes', () => {
    const test = new TestPlatform();
    expect(metricSources(test.platform)).toContain(MetricSource.KAFKA_EXPORTER);
    expect(metricSources(test.platform)).toContain(MetricSource.KUBELET);
    expect(metricSources(test.platform)).not.toContain(MetricSource.RUNTIME);
    test.producer();
    expect(metricSources(test.platform)).toContain(MetricSource.RUNTIME);
    expect(metricSources(test.platform)).toContain(MetricSource.SIDECAR);
  });

  it("have Kafka's own metrics where its agent runs", () => {
    const production = inProduction({ postgres: { host: 'postgres.example.com' } });
    expect(metricSources(new TestPlatform(production).platform)).toContain(MetricSource.KAFKA_JMX);
    expect(metricSources(new TestPlatform().platform)).not.toContain(MetricSource.KAFKA_JMX);
  });
});

describe('queryProblems', () => {
  it('are none for what is emitted, and for what else is known', () => {
    const { platform } = new TestPlatform();
    expect(queryProblems(platform, 'up == 0')).toEqual([]);
    expect(queryProblems(platform, 'orders_open > up', new Set(['orders_open']))).toEqual([]);
  });

  it('name every metric that is wrong', () => {
    const { platform } = new TestPlatform();
    expect(queryProblems(platform, 'a + b + events_consumed_total')).toEqual([
      "nothing emits the metric 'a': correct its name, or list it under 'externalMetrics' when a part of yours does",
      "nothing emits the metric 'b': correct its name, or list it under 'externalMetrics' when a part of yours does",
      "the metric 'events_consumed_total' comes from the image runtime, which is not part of this platform: add that, or leave the query out",
    ]);
  });
});
