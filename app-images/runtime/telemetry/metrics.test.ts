import { describe, expect, it } from 'vitest';
import { PROCESS_METRICS, RUNTIME_METRICS } from '@cdk8s-event-platform/contracts/interface';
import { RuntimeMetrics } from './metrics.ts';

/** Names of the metrics in a text of Prometheus. */
function names(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
}

describe('RuntimeMetrics', () => {
  it('has a series of 0 for each type and result, so that the first event counts as growth', async () => {
    const metrics = new RuntimeMetrics();
    expect(await metrics.text()).not.toContain('type="a"');
    metrics.initialize(['a']);
    const before = await metrics.text();
    for (const result of ['processed', 'duplicate', 'quarantined', 'parked', 'failed']) {
      expect(before).toContain(`events_consumed_total{type="a",result="${result}"} 0\n`);
    }
    expect(before).toContain('event_delivery_seconds_count{type="a"} 0\n');
    metrics.consumed('a', 'processed');
    metrics.delivered('a', 4);
    const after = await metrics.text();
    expect(after).toContain('events_consumed_total{type="a",result="processed"} 1\n');
    expect(after).toContain('event_delivery_seconds_bucket{le="2.5",type="a"} 0\n');
    expect(after).toContain('event_delivery_seconds_bucket{le="5",type="a"} 1\n');
  });

  it('replaces the values of a gauge', async () => {
    const metrics = new RuntimeMetrics();
    metrics.quarantine({ data: 2, handler: 1 });
    metrics.quarantine({ data: 1 });
    const text = await metrics.text();
    expect(text).toContain('quarantine_events{reason="data"} 1\n');
    expect(text).not.toContain('reason="handler"');
  });

  it('has no series of the outbox before it is measured', async () => {
    const metrics = new RuntimeMetrics();
    expect(await metrics.text()).not.toMatch(/^outbox_/m);
    metrics.outboxAge(0);
    expect(await metrics.text()).toContain('outbox_age_seconds 0\n');
  });

  it('emits every metric that alerts and dashboards may name, and no other', async () => {
    const text = await new RuntimeMetrics().text();
    expect(names(text).sort()).toEqual(Object.values(RUNTIME_METRICS).sort());
  });

  // Other systems have fewer of them.
  it.runIf(process.platform === 'linux')('adds the metrics of the process', async () => {
    const metrics = new RuntimeMetrics();
    metrics.collectProcessMetrics();
    const all = [...Object.values(RUNTIME_METRICS), ...PROCESS_METRICS];
    expect(names(await metrics.text()).sort()).toEqual(all.sort());
  });

  it('stays below the series limit of a scrape with thirty types', async () => {
    const metrics = new RuntimeMetrics();
    metrics.collectProcessMetrics();
    const types = Array.from({ length: 30 }, (_, index) => `com.example.type-${index}`);
    metrics.initialize(types);
    types.forEach((type) => metrics.processed(type, 1));
    const samples = (await metrics.text()).split('\n').filter((line) => /^[a-z]/.test(line));
    expect(samples.length).toBeLessThan(2_500);
  });
});
