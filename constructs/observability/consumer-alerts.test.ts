import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { defineEvent, defineApp } from '@cdk8s-event-platform/contracts';
import { Environment } from '../platform/index.ts';
import { OrderPlaced, orderProcessor, shop, TestPlatform } from '../testing/fixtures.ts';
import type { ConsumerAlertOptions } from './consumer-alerts.ts';

const OrderPaid = defineEvent({
  ...OrderPlaced,
  type: 'com.example.order.paid',
  topic: 'order-paid',
});

function platform(alerts: ConsumerAlertOptions = {}, environment = Environment.local()) {
  const test = new TestPlatform(environment);
  test.producer(defineApp({ ...shop, publishes: [OrderPlaced, OrderPaid] }));
  test.consumer({ alerts }, defineApp({ ...orderProcessor, subscribes: [OrderPlaced, OrderPaid] }));
  return test;
}

const OWN = 'order-processor-alerts';

function rules(test = platform()) {
  const { groups } = test.object('PrometheusRule', OWN).spec;
  return groups[0].rules as ReturnType<TestPlatform['alerts']>;
}

const ofTopic = (topic: string) => [
  ['ConsumerLagHigh', topic, 'warning'],
  ['ConsumerMissing', topic, 'critical'],
  ['ConsumerStalled', topic, 'critical'],
  ['DeadLettersGrowing', topic, 'critical'],
];

describe('ConsumerAlerts', () => {
  it('watch each topic with labels of its own, and the app once', () => {
    expect(rules().map(({ alert, labels }) => [alert, labels.topic, labels.severity])).toEqual([
      ...ofTopic('order-placed'),
      ...ofTopic('order-paid'),
      ['ConsumerDrainSlow', undefined, 'warning'],
      ['EventErrorsHigh', undefined, 'warning'],
      ['EventProcessingSlow', undefined, 'warning'],
      ['EventIngressDropped', undefined, 'warning'],
      ['EventsQuarantined', undefined, 'critical'],
      ['EffectsFailed', undefined, 'warning'],
    ]);
    for (const { labels } of rules()) {
      expect(labels.consumer).toBe('order-processor');
    }
  });

  it('fire at a lag of 1000 for 5 minutes, and at a 95th percentile of 10 s', () => {
    const test = platform();
    expect(test.alert('ConsumerLagHigh').expr).toMatch(/ > 1000$/);
    expect(test.alert('ConsumerLagHigh').for).toBe('5m');
    const slow = test.alert('EventProcessingSlow');
    expect(slow.expr).toMatch(/^histogram_quantile\(0\.95, .* > 10$/);
    expect(slow.for).toBe('5m');
  });

  it('fire at once when an event goes to the dead letters', () => {
    const deadLetters = platform().alert('DeadLettersGrowing');
    expect(deadLetters).not.toHaveProperty('for');
    expect(deadLetters.expr).toMatch(
      /topic="order-placed\.order-processor\.dlq".*\[10m\]\)\) > 0$/,
    );
  });

  it('count what waits in all topics of the consumer for the time to drain', () => {
    const test = platform({ maxDrainTime: Duration.minutes(2) });
    const [placed, paid] = ['order-placed', 'order-paid'].map((topic) =>
      test.broker.lagQuery({ topic, consumerGroup: 'order-processor' }),
    );
    const { expr } = test.alert('ConsumerDrainSlow');
    expect(expr).toContain(`(${placed!} + ${paid!}) / `);
    expect(expr).toMatch(/ > 120$/);
  });

  it('select the series of their own namespace', () => {
    for (const { expr } of rules(platform({}, Environment.local({ namespace: 'elsewhere' })))) {
      expect(expr).toMatch(/job="elsewhere\/(kafka-exporter|order-processor)"/);
      expect(expr).not.toContain('event-driven');
    }
  });

  it('say in words what they say in numbers', () => {
    const changed = platform({
      maxLag: 42,
      for: Duration.minutes(7),
      maxProcessingTime: Duration.seconds(3),
      maxDrainTime: Duration.hours(1),
      maxErrorRatio: 0.2,
    });
    const description = (alert: string) => changed.alert(alert).annotations.description;
    expect(changed.alert('ConsumerLagHigh').expr).toMatch(/ > 42$/);
    expect(description('ConsumerLagHigh')).toContain(
      'More than 42 events have been waiting for 7m',
    );
    expect(description('EventProcessingSlow')).toContain('longer than 3 s for 7m');
    expect(description('ConsumerDrainSlow')).toContain('takes longer than 1h');
    expect(changed.alert('EventErrorsHigh').expr).toMatch(/ > 0\.2$/);
    expect(description('EventErrorsHigh')).toContain('More than 20 of 100');
  });

  it.each<[ConsumerAlertOptions, string]>([
    [{ maxLag: -1 }, 'alerts.maxLag (-1) must be a whole number of at least 0'],
    [
      { maxErrorRatio: 1 },
      'alerts.maxErrorRatio (1) is not a ratio that can be exceeded: use 0 to less than 1, e.g. 0.05',
    ],
  ])('refuse thresholds that cannot be: %j', (alerts, message) => {
    expect(() => platform(alerts)).toThrow(message);
  });
});
