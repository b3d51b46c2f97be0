import { describe, expect, it } from 'vitest';
import { Environment } from '../../platform/index.ts';
import { orderProcessor, TestPlatform } from '../../testing/fixtures.ts';
import { type Dashboard } from './dashboard.ts';
import { dashboardQueries } from './dashboard-model.ts';
import { GrafanaDashboards } from './grafana-dashboards.ts';

describe('GrafanaDashboards', () => {
  const whole = (environment = Environment.local()) => {
    const test = new TestPlatform(environment, { jmxExporter: true });
    test.producer();
    test.consumer({ alerts: { maxLag: 42 } });
    return { test, dashboards: new GrafanaDashboards(test.platform, 'dashboards') };
  };

  it('are five, each with its uid, and alerts link to them', () => {
    const { test, dashboards } = whole();
    expect(dashboards.dashboards.map(({ uid }) => uid)).toEqual([
      'event-driven-kafka-overview',
      'event-driven-consumer-lag',
      'event-driven-dapr',
      'event-driven-consumers',
      'event-driven-dead-letters',
    ]);
    const [lag] = test.object('PrometheusRule', 'order-processor-alerts').spec.groups[0].rules;
    expect(lag.annotations.dashboard).toBe(
      '/d/event-driven-consumer-lag?var-consumer=order-processor&var-topic=order-placed',
    );
  });

  it('have every variable that links of alerts set', () => {
    const { test } = whole();
    const models = new Map(
      test
        .objects()
        .filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('dash'))
        .map(
          ({ data }) =>
            JSON.parse(Object.values(data as object)[0] as string) as Dashboard['model'],
        )
        .map((model) => [model.uid, model.templating.list!.map(({ name }) => name)] as const),
    );
    const urls = test
      .objects()
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap(({ spec }) => spec.groups[0].rules as { annotations?: Record<string, string> }[])
      .flatMap(({ annotations }) => annotations?.dashboard ?? []);
    expect(urls.length).toBeGreaterThan(10);
    for (const url of urls) {
      const { pathname, searchParams } = new URL(url, 'http://grafana');
      const names = models.get(pathname.replace('/d/', ''))!;
      for (const name of searchParams.keys()) {
        expect(names, url).toContain(name.replace('var-', ''));
      }
    }
  });

  it("draw the alerts' own numbers", () => {
    const { dashboards } = whole();
    const lag = dashboards.dashboards[1]!.model.panels!.find(
      ({ title }) => title === 'Events that wait, by consumer and topic',
    );
    expect(lag).toMatchObject({
      fieldConfig: { defaults: { thresholds: { steps: [{ color: 'green' }, { value: 42 }] } } },
    });
  });

  it('ask for series of their own platform only', () => {
    const { dashboards } = whole(Environment.local({ namespace: 'elsewhere' }));
    for (const { model } of dashboards.dashboards) {
      for (const { query } of dashboardQueries(model)) {
        for (const selector of query.match(/\{[^{}]*\}/g)!) {
          expect(selector).toMatch(
            /elsewhere|^\{consumer=~"\$consumer",consumer="order-processor"\}$/,
          );
        }
      }
    }
  });

  it('say what each panel means', () => {
    for (const { model } of whole().dashboards.dashboards) {
      for (const { type, title, ...panel } of model.panels!) {
        if (type !== 'row' && type !== 'text') {
          expect('description' in panel && panel.description, title).toBeTruthy();
        }
      }
    }
  });

  it('have lines of 24 columns', () => {
    for (const { model } of whole().dashboards.dashboards) {
      for (const { gridPos } of model.panels!) {
        expect(gridPos!.x + gridPos!.w).toBeLessThanOrEqual(24);
      }
    }
  });

  it('show of Kafka what is scraped: nodes with the JMX exporter alone', () => {
    const test = new TestPlatform();
    test.consumer();
    const [kafka] = new GrafanaDashboards(test.platform, 'dashboards').dashboards;
    const names = dashboardQueries(kafka!.model)
      .map(({ query }) => query)
      .join(' ');
    expect(names).toContain('kafka_topic_partition_current_offset');
    expect(names).not.toMatch(/kafka_server_|kafka_controller_/);
    const [whole0] = whole().dashboards.dashboards;
    expect(
      dashboardQueries(whole0!.model)
        .map(({ query }) => query)
        .join(' '),
    ).toContain(
      'kafka_controller_kafkacontroller_offlinepartitionscount{job=~"event-driven/kafka"}',
    );
  });

  it('record what waits with labels to choose by', () => {
    const { test } = whole();
    expect(test.object('PrometheusRule', 'dashboards-alerts').spec.groups[0].rules[0]).toEqual({
      record: 'consumer:events_waiting:sum',
      expr: test.broker.lagQuery({ topic: 'order-placed', consumerGroup: 'order-processor' }),
      labels: { namespace: 'event-driven', consumer: 'order-processor', topic: 'order-placed' },
    });
  });

  it('show any number of consumers with few queries, by what their SLOs are', () => {
    const test = new TestPlatform();
    for (let number = 1; number <= 30; number++) {
      test.consumer(
        { slo: { ratio: number <= 20 ? 0.99 : 0.9 }, scaling: false, replicas: 1 },
        { ...orderProcessor, appId: `consumer-${number}`, migrations: [] },
      );
    }
    const { dashboards } = new GrafanaDashboards(test.platform, 'dashboards');
    const queries = dashboards.flatMap(({ model }) => dashboardQueries(model));
    const of = (title: string) => queries.filter(({ panel }) => panel === title);
    const [first, , , second] = of('How fast the error budget is used up');
    expect(of('How fast the error budget is used up')).toHaveLength(6);
    expect(first!.legend).toBe('{{consumer}} over 1h');
    expect(first!.query).toMatch(/consumer=~"consumer-1\|.*\|consumer-20"\} \/ 0\.01$/);
    expect(second!.query).toMatch(/consumer=~"consumer-21\|.*\|consumer-30"\} \/ 0\.1$/);
    expect(of('Ratio of late events')).toEqual([
      {
        panel: 'Ratio of late events',
        query:
          'consumer:event_delivery_late:ratio_rate5m{namespace="event-driven",consumer=~"$consumer"}',
        legend: '{{consumer}} later than 30 s',
      },
    ]);
  });

  it('have to come last', () => {
    const test = new TestPlatform();
    expect(() => new GrafanaDashboards(test.platform, 'dashboards')).toThrow(
      'test/dashboards: there is no consumer to show: declare the dashboards after the consumers of the platform',
    );
    const late = new TestPlatform();
    late.consumer();
    new GrafanaDashboards(late.platform, 'dashboards');
    late.producer();
    expect(() => late.objects()).toThrow(
      "test/dashboards: 'shop' was declared after the dashboards, and is on none of them: declare the dashboards last",
    );
  });

  it('are the same bytes from the same platform', () => {
    const text = () => JSON.stringify(whole().test.objects());
    expect(text()).toBe(text());
  });
});
