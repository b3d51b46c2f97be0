import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { defineEvent, defineImage } from '../contracts/index.ts';
import { Environment } from '../core/index.ts';
import { OrderPlaced, orderProcessor, shop, TestPlatform } from '../testing/fixtures.ts';
import type { ConsumerAlertOptions } from './consumer-alerts.ts';

const OrderPaid = defineEvent({
  ...OrderPlaced,
  type: 'com.example.order.paid',
  topic: 'order-paid',
});

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: Record<string, string>;
  annotations: { summary: string; description: string };
}

function rules(alerts: ConsumerAlertOptions = {}, environment = Environment.local()): Rule[] {
  const test = new TestPlatform(environment);
  test.producer(defineImage({ ...shop, publishes: [OrderPlaced, OrderPaid] }));
  test.consumer(
    { alerts },
    defineImage({ ...orderProcessor, subscribes: [OrderPlaced, OrderPaid] }),
  );
  return test.object('PrometheusRule', 'order-processor-alerts').spec.groups[0].rules as Rule[];
}

describe('ConsumerAlerts', () => {
  it('watch each topic with labels of its own, and the app once', () => {
    expect(rules().map(({ alert, labels }) => [alert, labels.topic, labels.severity])).toEqual([
      ['ConsumerLagHigh', 'order-placed', 'warning'],
      ['DeadLettersGrowing', 'order-placed', 'critical'],
      ['ConsumerLagHigh', 'order-paid', 'warning'],
      ['DeadLettersGrowing', 'order-paid', 'critical'],
      ['EventProcessingSlow', undefined, 'warning'],
      ['EventsQuarantined', undefined, 'critical'],
      ['EffectsFailed', undefined, 'warning'],
    ]);
    for (const { labels } of rules()) {
      expect(labels.consumer).toBe('order-processor');
    }
  });

  it('fire at a lag of 1000 for 5 minutes, and at a 95th percentile of 10 s', () => {
    const [lag, , , , slow] = rules();
    expect(lag!.expr).toMatch(/ > 1000$/);
    expect(lag!.for).toBe('5m');
    expect(slow!.expr).toMatch(/^histogram_quantile\(0\.95, .* > 10$/);
    expect(slow!.for).toBe('5m');
  });

  it('fire at once when an event goes to the dead letters', () => {
    const [, deadLetters] = rules();
    expect(deadLetters).not.toHaveProperty('for');
    expect(deadLetters!.expr).toMatch(
      /topic="order-placed\.order-processor\.dlq".*\[10m\]\)\) > 0$/,
    );
  });

  it('select the series of their own namespace', () => {
    for (const { expr } of rules({}, Environment.local({ namespace: 'elsewhere' }))) {
      expect(expr).toMatch(/job="elsewhere\/(kafka-exporter|order-processor)"/);
    }
  });

  it('say in words what they say in numbers', () => {
    const changed = rules({
      maxLag: 42,
      lasting: Duration.minutes(7),
      maxProcessingTime: Duration.seconds(3),
    });
    expect(changed[0]!.expr).toMatch(/ > 42$/);
    expect(changed[0]!.annotations.description).toContain(
      'More than 42 events have been waiting for 7m',
    );
    expect(changed[4]!.annotations.description).toContain('longer than 3 s for 7m');
  });

  it('have braces that close', () => {
    for (const { expr } of rules()) {
      for (const [open, close] of ['()', '{}', '[]']) {
        expect(expr.split(open!).length, expr).toBe(expr.split(close!).length);
      }
      expect(expr.match(/"/g)!.length % 2).toBe(0);
    }
  });

  it('renders as before', () => {
    expect(rules()).toMatchSnapshot();
  });
});

it('MetricsScrape has every port scraped that the pods have', () => {
  const test = new TestPlatform();
  test.producer();
  test.consumer();
  for (const name of ['shop', 'order-processor']) {
    const { spec } = test.object('PodMonitor', name);
    expect(spec).toEqual({
      selector: { matchLabels: { 'app.kubernetes.io/name': name } },
      podMetricsEndpoints: [
        { port: 'http', path: '/metrics' },
        { port: 'dapr-metrics', path: '/metrics' },
      ],
    });
  }
  const { spec } = test.object('Deployment', 'kafka-exporter').spec.template;
  expect(test.object('PodMonitor', 'kafka-exporter').spec.podMetricsEndpoints).toEqual([
    { port: spec.containers[0].ports[0].name as string, path: '/metrics' },
  ]);
});
