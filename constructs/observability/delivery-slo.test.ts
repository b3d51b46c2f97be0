import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { TestPlatform } from '../testing/fixtures.ts';
import type { DeliverySloOptions } from './delivery-slo.ts';

function declare(slo: DeliverySloOptions = {}): TestPlatform {
  const test = new TestPlatform();
  test.producer();
  test.consumer({ slo });
  return test;
}

interface Rule {
  readonly record?: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
}

function rules(test: TestPlatform): Rule[] {
  const { groups } = test.object('PrometheusRule', 'order-processor-slo-alerts').spec;
  return groups[0].rules as Rule[];
}

describe('DeliverySlo', () => {
  it('records the ratio of late events over each range once', () => {
    const recorded = rules(declare()).filter(({ record }) => record !== undefined);
    expect(recorded.map(({ record }) => record)).toEqual(
      [
        ...['5m', '1h', '30m', '6h', '3d'].map((range) => `ratio_rate${range}`),
        ...['1h', '6h', '3d'].map((range) => `increase${range}`),
      ].map((operations) => `consumer:event_delivery_late:${operations}`),
    );
    expect(recorded[0]).toEqual({
      record: 'consumer:event_delivery_late:ratio_rate5m',
      expr: '1 - sum(rate(event_delivery_seconds_bucket{job="event-driven/order-processor",le=~"30([.]0)?"}[5m])) / (sum(rate(event_delivery_seconds_count{job="event-driven/order-processor"}[5m])) + sum(rate(events_consumed_total{job="event-driven/order-processor",result=~"quarantined|parked"}[5m])) > 0)',
      labels: { namespace: 'event-driven', consumer: 'order-processor' },
    });
  });

  it('alerts on what is left of the error budget, over a long and a short window', () => {
    const test = declare({ within: Duration.seconds(5), ratio: 0.999 });
    expect(rules(test)[0]!.expr).toContain('le=~"5([.]0)?"');
    const late = (range: string) =>
      `consumer:event_delivery_late:ratio_rate${range}{namespace="event-driven",consumer="order-processor"}`;
    expect(test.alerts('DeliverySloAtRisk').map(({ expr, labels }) => [expr, labels])).toEqual(
      (
        [
          ['1h', '5m', 0.0144, 'critical'],
          ['6h', '30m', 0.006, 'critical'],
          ['3d', '6h', 0.001, 'warning'],
        ] as const
      ).map(([long, short, most, severity]) => [
        // One late event after a quiet hour is all of them, and nothing to wake somebody for.
        `${late(long)} > ${most} and ${late(short)} > ${most} and consumer:event_delivery_late:increase${long}{namespace="event-driven",consumer="order-processor"} >= 10`,
        { consumer: 'order-processor', namespace: 'event-driven', window: long, severity },
      ]),
    );
  });

  it('asks for a bound that is no whole number as it is', () => {
    expect(rules(declare({ within: Duration.millis(500) }))[0]!.expr).toContain('le="0.5"');
  });

  it.each<[DeliverySloOptions, string]>([
    [
      { within: Duration.seconds(7) },
      'test/order-processor: slo.within (7 s) is not a bound of the histogram event_delivery_seconds, so nobody can count the events within it: use one of 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600 s',
    ],
    [
      { ratio: 1 },
      'test/order-processor: slo.ratio (1) must be more than 0 and less than 1, e.g. 0.99',
    ],
  ])('refuses what cannot be watched: %j', (slo, message) => {
    expect(() => declare(slo)).toThrow(message);
  });
});
