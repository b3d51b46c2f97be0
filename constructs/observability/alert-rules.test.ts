import { App, Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { Environment, EventPlatform, renderPlatform } from '../platform/index.ts';
import { type AnyManifest, TestPlatform } from '../testing/fixtures.ts';
import { type Alert, AlertRules, type AlertRulesProps, AlertSeverity } from './alert-rules.ts';
import { DashboardName, declareDashboard } from './dashboard-link.ts';

const PodsDown: Alert = {
  name: 'PodsDown',
  query: 'up{job="shop"} == 0',
  severity: AlertSeverity.WARNING,
  summary: '{{ $value }} pods',
  description: 'A pod is down.',
};

function declare(...sets: Partial<AlertRulesProps>[]): TestPlatform {
  const test = new TestPlatform();
  sets.forEach((props, index) => {
    new AlertRules(test.platform, `rules-${index}`, {
      name: `rules-${index}`,
      alerts: [PodsDown],
      ...props,
    });
  });
  return test;
}

describe('AlertRules', () => {
  it('render alerts with severity, summary and runbook', () => {
    const test = declare({ alerts: [{ ...PodsDown, for: Duration.hours(36) }] });
    expect(test.alert('PodsDown')).toEqual({
      alert: 'PodsDown',
      expr: 'up{job="shop"} == 0',
      for: '36h',
      labels: { namespace: 'event-driven', severity: 'warning' },
      annotations: {
        summary: '{{ $value }} pods',
        description: 'A pod is down.',
        runbook: 'docs/runbooks/PodsDown.md',
      },
    });
  });

  it('are in several objects where one would be larger than the operator takes', () => {
    const alerts = Array.from({ length: 501 }, (_, index) => ({
      ...PodsDown,
      name: `Alert${index}`,
    }));
    const rules = declare({ name: 'many', alerts })
      .objects()
      .filter(({ metadata }) => metadata.name.startsWith('many-alerts'));
    expect(rules.map(({ metadata }) => metadata.name)).toEqual([
      'many-alerts',
      'many-alerts-2',
      'many-alerts-3',
    ]);
    expect(
      rules.map(({ spec }) => {
        const [group] = spec.groups as { name: string; rules: object[] }[];
        return [group!.name, group!.rules.length];
      }),
    ).toEqual([
      ['many', 250],
      ['many-2', 250],
      ['many-3', 1],
    ]);
  });

  it('link to runbooks and dashboards where the platform says they are', () => {
    const platform = new EventPlatform(new App(), 'test', {
      environment: Environment.local(),
      links: {
        runbooks: 'https://docs.example.com/runbooks/',
        grafana: 'https://grafana.example.com/',
      },
    });
    const dashboard = { dashboard: DashboardName.DAPR, variables: { app: 'a b' } };
    new AlertRules(platform, 'rules', { name: 'rules', alerts: [{ ...PodsDown, dashboard }] });
    const annotations = () => {
      const { spec } = renderPlatform(platform).at(-1)!.objects.at(-1) as AnyManifest;
      return spec.groups[0].rules[0].annotations as Record<string, string>;
    };
    expect(annotations().runbook_url).toBe('https://docs.example.com/runbooks/PodsDown.md');
    expect(annotations()).not.toHaveProperty('dashboard_url');
    declareDashboard(platform, DashboardName.DAPR);
    expect(annotations().dashboard_url).toBe(
      'https://grafana.example.com/d/event-driven-dapr?var-app=a+b',
    );
  });

  it('record metrics that alerts may then name', () => {
    const recordingRules = [{ metric: 'shop:up:sum', query: 'sum(up{job="shop"})' }];
    const alerts = [{ ...PodsDown, query: 'shop:up:sum == 0' }];
    const test = declare({ recordingRules, alerts });
    const [group] = test.object('PrometheusRule', 'rules-0-alerts').spec.groups;
    expect(group.rules[0]).toEqual({ record: 'shop:up:sum', expr: 'sum(up{job="shop"})' });
    expect(group.rules[1].expr).toBe('shop:up:sum == 0');
  });

  it.each<[string, Partial<AlertRulesProps>, string]>([
    [
      'a metric that nothing emits',
      { alerts: [{ ...PodsDown, query: 'kafka_consumer_lag > 1000' }] },
      "test/rules-0: nothing emits the metric 'kafka_consumer_lag': correct its name, or list it under 'externalMetrics' when a part of yours does",
    ],
    [
      'a metric of a part that the platform does not have',
      {
        alerts: [
          { ...PodsDown, query: 'kafka_controller_kafkacontroller_activecontrollercount != 1' },
        ],
      },
      "test/rules-0: the metric 'kafka_controller_kafkacontroller_activecontrollercount' comes from the JMX exporter of Kafka's nodes, which is not part of this platform: add that, or leave the query out",
    ],
    [
      'a query that is no PromQL',
      { alerts: [{ ...PodsDown, query: 'sum(up' }] },
      "test/rules-0: the query 'sum(up' ends too early: see https://prometheus.io/docs/prometheus/latest/querying/basics/",
    ],
    [
      'two alerts that a silence cannot tell apart',
      { alerts: [PodsDown, PodsDown] },
      "test/rules-0: a second alert 'PodsDown' has the same labels, and silencing one would silence both: give it another name or a label of its own",
    ],
  ])('refuse %s when the platform is rendered', (_what, props, message) => {
    const test = declare(props);
    expect(() => test.objects()).toThrow(message);
  });

  it('refuse the second of two alerts that different constructs declare, and it alone', () => {
    const test = declare({}, {});
    expect(() => test.objects()).toThrow(
      /^(?!.*rules-0).*test\/rules-1: a second alert 'PodsDown'/s,
    );
    expect(() =>
      declare({}, { alerts: [{ ...PodsDown, labels: { part: 'other' } }] }).objects(),
    ).not.toThrow();
  });

  it('take metrics of parts that the platform does not know', () => {
    const test = declare({
      alerts: [{ ...PodsDown, query: 'orders_open > 5' }],
      externalMetrics: ['orders_open'],
    });
    expect(() => test.objects()).not.toThrow();
  });

  it.each<[Partial<Alert>, string]>([
    [
      { name: 'pods-down' },
      "test/rules-0: alert 'pods-down' is not in upper camel case: use a name such as ConsumerLagHigh",
    ],
    [
      { summary: 'pods are down' },
      "test/rules-0: the summary of alert 'PodsDown' does not say the value: put {{ $value }} into it",
    ],
    [
      { for: Duration.millis(1) },
      'test/rules-0: for (1 milli) is not a whole number of seconds of 1 or more: use e.g. 1 seconds',
    ],
  ])('refuse an alert that nobody could act on: %j', (change, message) => {
    expect(() => declare({ alerts: [{ ...PodsDown, ...change }] })).toThrow(message);
  });
});
