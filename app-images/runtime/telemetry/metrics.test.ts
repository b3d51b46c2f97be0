import { expect, it } from 'vitest';
import { RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { RuntimeMetrics } from './metrics.ts';

it('RuntimeMetrics show counts of expected types from the start, so that the first event is growth', () => {
  const metrics = new RuntimeMetrics();
  expect(metrics.text()).not.toContain('type="a"');
  metrics.expect(['a']);
  for (const result of ['processed', 'duplicate', 'quarantined', 'parked', 'failed']) {
    expect(metrics.text()).toContain(`events_consumed_total{type="a",result="${result}"} 0\n`);
  }
  expect(metrics.text()).toContain('event_delivery_seconds_count{type="a"} 0\n');
  metrics.consumed('a', 'processed');
  metrics.delivered('a', 4);
  expect(metrics.text()).toContain('events_consumed_total{type="a",result="processed"} 1\n');
  expect(metrics.text()).toContain('event_delivery_seconds_bucket{type="a",le="2.5"} 0\n');
  expect(metrics.text()).toContain('event_delivery_seconds_bucket{type="a",le="5"} 1\n');
});

it('RuntimeMetrics emit every metric that alerts and dashboards may name', () => {
  const text = new RuntimeMetrics().text();
  for (const name of Object.values(RUNTIME_METRICS)) {
    expect(text).toContain(`# TYPE ${name} `);
  }
});
