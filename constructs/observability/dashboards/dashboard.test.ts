import { describe, expect, it } from 'vitest';
import { TestPlatform } from '../../testing/fixtures.ts';
import { dashboardQueries } from './dashboard-model.ts';
import { Dashboard, type DashboardProps } from './dashboard.ts';
import { GrafanaDashboards } from './grafana-dashboards.ts';
import { timeSeries, note } from './panels.ts';

function panel(query: string) {
  return timeSeries({
    title: 'Orders',
    description: 'How many there are.',
    queries: [{ query, legend: 'orders' }],
    unit: 'short',
  });
}

function platformWith(query: string, props: Partial<DashboardProps> = {}): TestPlatform {
  const test = new TestPlatform();
  test.producer();
  test.consumer();
  new Dashboard(test.platform, 'mine', {
    name: 'mine',
    title: 'Mine',
    description: 'What is mine.',
    rows: [{ title: 'Orders', panels: [panel(query)] }],
    ...props,
  });
  return test;
}

const WELL = 'sum(rate(events_consumed_total{job=~".+/order-processor"}[$__rate_interval]))';

describe('Dashboard', () => {
  it('is a ConfigMap that the sidecar of Grafana finds, with a file of its own in the folder', () => {
    const { metadata, data } = platformWith(WELL).object('ConfigMap', 'dashboard-mine');
    expect(metadata).toMatchObject({
      labels: { grafana_dashboard: '1' },
      annotations: { grafana_folder: 'Event platform' },
    });
    expect(Object.keys(data as object)).toEqual(['event-driven-mine.json']);
    const model = JSON.parse(data['event-driven-mine.json'] as string) as Dashboard['model'];
    expect(model).toMatchObject({ uid: 'event-driven-mine', title: 'Mine (event-driven)' });
    expect(model.panels!.map(({ type, id }) => [type, id])).toEqual([
      ['row', 1],
      ['timeseries', 2],
    ]);
  });

  it('has the label and the folder that it is told', () => {
    const test = platformWith(WELL, { label: 'show', labelValue: 'yes', folder: 'Orders' });
    expect(test.object('ConfigMap', 'dashboard-mine').metadata).toMatchObject({
      labels: { show: 'yes' },
      annotations: { grafana_folder: 'Orders' },
    });
  });

  it('has every panel ask the Prometheus that is chosen', () => {
    const { data } = platformWith(WELL).object('ConfigMap', 'dashboard-mine');
    const model = JSON.parse(data['event-driven-mine.json'] as string) as Dashboard['model'];
    expect(model.templating.list![0]).toMatchObject({ name: 'datasource', query: 'prometheus' });
    expect(model.panels![1]).toMatchObject({
      datasource: { type: 'prometheus', uid: '${datasource}' },
    });
  });

  it.each([
    [
      'sum(rate(events_consumed_total[5m])',
      /test\/mine: panel 'Orders': the query 'sum\(.*' ends too early: see https:/,
    ],
    [
      'sum(tasks_total)',
      /panel 'Orders': nothing emits the metric 'tasks_total': correct its name/,
    ],
    [
      'redis_stream_group_lag',
      /panel 'Orders': the metric 'redis_stream_group_lag' comes from the Redis exporter, which is not part of this platform/,
    ],
    [
      'kafka_server_requesthandler_idle_ratio',
      /comes from the JMX exporter of Kafka's nodes, which is not part of this platform/,
    ],
    [
      'up{job=~"$app"}',
      /panel 'Orders': the query '.*' names the variable 'app', which the dashboard does not have: use datasource or consumer, or declare it under 'variables'/,
    ],
    ['up{job=~"${app:regex}"}', /names the variable 'app'/],
    ['up{job=~"[[app]]"}', /names the variable 'app'/],
  ])('refuses the query %s', (query, message) => {
    const variables = [{ name: 'consumer', label: 'Consumer', values: ['order-processor'] }];
    expect(() => platformWith(query, { variables }).objects()).toThrow(message);
  });

  it.each([
    'up{job=~"$consumer"}',
    'increase(up{job="${consumer:regex}"}[$__range]) / $__range_s',
    'rate(up[${__rate_interval}]) * $__interval_ms',
    'label_replace(up, "consumer", "$1", "job", ".+/(.+)")',
  ])('takes the query %s', (query) => {
    const variables = [{ name: 'consumer', label: 'Consumer', values: ['order-processor'] }];
    expect(platformWith(query, { variables }).objects()).not.toHaveLength(0);
  });

  it('takes metrics of parts that somebody else runs, once they are listed', () => {
    expect(() => platformWith('orders_open').objects()).toThrow(/nothing emits/);
    const test = platformWith('orders_open', { externalMetrics: ['orders_open'] });
    expect(test.object('ConfigMap', 'dashboard-mine')).toBeDefined();
  });

  it('looks at every query, also of panels that a row folds up', () => {
    const inner = panel('a').build();
    const row = { type: 'row', collapsed: true, id: 1, panels: [inner] };
    expect(dashboardQueries({ panels: [row, panel('b').build()] })).toEqual([
      { panel: 'Orders', query: 'a', legend: 'orders' },
      { panel: 'Orders', query: 'b', legend: 'orders' },
    ]);
  });

  it('refuses a second dashboard of one UID', () => {
    const test = platformWith(WELL);
    new GrafanaDashboards(test.platform, 'dashboards');
    new Dashboard(test.platform, 'double', {
      name: 'dapr',
      title: 'Mine',
      description: 'What is mine.',
      rows: [],
    });
    expect(() => test.objects()).toThrow(
      "test/double: the UID 'event-driven-dapr' is that of 'test/dashboards/dapr' too, and Grafana would show one of them: give it another name",
    );
  });

  it('refuses more than a ConfigMap takes', () => {
    const test = platformWith(WELL, {
      rows: [{ title: 'All', panels: [note('Long', 'x'.repeat(1024 * 1024))] }],
    });
    expect(() => test.objects()).toThrow(
      /test\/mine\/config-map: data .* has 10\d{5} bytes, and Kubernetes takes 1048576: make several objects of it/,
    );
  });

  it('refuses a name that is no name of an object', () => {
    expect(() => platformWith(WELL, { name: 'My Own' })).toThrow(
      /name 'My Own' is not a DNS label/,
    );
  });
});
