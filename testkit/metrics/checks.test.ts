import { describe, expect, it } from 'vitest';
import { taskPlatform } from '../../charts/tasks/task-platform.ts';
import {
  Environment,
  MetricSource,
  readPromQl,
  renderPlatform,
} from '../../constructs/internal.ts';
import { type KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import {
  hasData,
  metricsBehind,
  namesAnId,
  ONLY_WHEN,
  panelExcuse,
  panelPlots,
  panelQueries,
  renderedDashboards,
  ruleQueries,
  whereabouts,
} from './checks.ts';
import { legendOf } from './plots.ts';
import { scrapeJobs } from './targets.ts';

const manifests = new Manifests(
  renderPlatform(taskPlatform(Environment.local())).flatMap(
    ({ objects }) => objects as unknown as KubernetesObject[],
  ),
);

describe('queries of what is rendered', () => {
  it('are those of every dashboard, with all that can be chosen in the place of variables', () => {
    const models = renderedDashboards(manifests);
    expect(models).toHaveLength(5);
    const queries = models.flatMap(panelQueries);
    expect(queries.length).toBeGreaterThan(50);
    for (const { query } of queries) {
      expect(query).not.toMatch(/\$[a-z_]/);
      expect(readPromQl(query).problem, query).toBeUndefined();
    }
    expect(queries.map(({ query }) => query)).toContain(
      'consumer:events_waiting:sum{namespace="event-driven",consumer=~"(task-processor|notification-sender|analytics-aggregator)",topic=~"(task-created)"}',
    );
  });

  it('can be for one choice, with unit, legend and the line of the alert', () => {
    const lag = renderedDashboards(manifests).find(({ uid }) => uid.endsWith('consumer-lag'))!;
    const plots = panelPlots(lag, { consumer: 'task-processor' });
    expect(plots.find(({ title }) => title === 'Events that wait, by consumer and topic')).toEqual({
      title: 'Events that wait, by consumer and topic',
      unit: 'short',
      limit: 1000,
      queries: [
        {
          query:
            'consumer:events_waiting:sum{namespace="event-driven",consumer=~"task-processor",topic=~"(task-created)"}',
          legend: '{{consumer}} · {{topic}}',
        },
      ],
    });
  });

  it('are those of every rule, by the name of the alert or the metric', () => {
    const names = ruleQueries(manifests).map(({ name }) => name);
    expect(names).toContain('ConsumerLagHigh');
    expect(names).toContain('consumer:events_waiting:sum');
  });

  it('lead through recorded metrics to those that are emitted', () => {
    const rules = ruleQueries(manifests);
    expect(metricsBehind('sum(consumer:events_waiting:sum) / up', rules)).toEqual([
      'kafka_consumergroup_lag',
      'kafka_topic_partition_current_offset',
      'kafka_topic_partition_oldest_offset',
      'up',
    ]);
  });
});

it('a job of Prometheus for each page that is monitored, with its limit', () => {
  const jobs = scrapeJobs(manifests).filter(({ monitor }) => monitor === 'producer');
  expect(jobs.map(({ page, sampleLimit }) => [page.port, sampleLimit])).toEqual([
    ['metrics', 5000],
    ['dapr-metrics', 5000],
  ]);
  const names = scrapeJobs(manifests).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

describe('what was found', () => {
  const started = new Set([MetricSource.RUNTIME, MetricSource.SIDECAR]);
  const present = new Set(['events_consumed_total']);

  it.each([
    ['events_consumed_total', 'found'],
    ['events_published_total', 'missing'],
    ['kafka_consumergroup_lag', 'not started here'],
    ['dapr_resiliency_activations_total', 'nothing happened'],
    ['dapr_component_pubsub_ingress_latencies_bucket', 'nothing happened'],
    ['of_nobody', 'missing'],
  ])('%s is %s', (metric, where) => {
    expect(whereabouts(metric, present, started)).toBe(where);
  });

  it('excuses a panel only for what did not happen', () => {
    expect(panelExcuse('events_consumed_total', present)).toBeUndefined();
    expect(panelExcuse('events_published_total', present)).toBeUndefined();
    expect(panelExcuse('dapr_resiliency_activations_total', present)).toBe('a call is tried again');
    const all = new Set(Object.keys(ONLY_WHEN));
    expect(panelExcuse('dapr_resiliency_activations_total', all)).toBeUndefined();
    expect(panelExcuse('dapr_component_pubsub_egress_latencies_bucket', all)).toMatch(/scrapes$/);
  });

  it('has data when there is a value that can be drawn', () => {
    expect(hasData([])).toBe(false);
    expect(hasData([{ metric: {}, values: [[1, 'NaN']] }])).toBe(false);
    expect(
      hasData([
        {
          metric: {},
          values: [
            [1, 'NaN'],
            [2, '0'],
          ],
        },
      ]),
    ).toBe(true);
  });
});

it.each([
  ['known-id', true],
  ['4f1f3f0c-1d5e-4a6b-9c1d-3f0e2a7b8c9d', true],
  ['of 0af7651916cd43dd8448eb211c80319c', true],
  ['b7ad6b7169203331', true],
  ['task-12', true],
  ['user-7', true],
  ['task-processor-0', false],
  ['task-created', false],
  ['127.0.0.1:40123', false],
  ['/events/', false],
  ['9c6b9a1f3c2a0f5d8e7b6a5c4d3e2f1a0b9c8d7e', false],
])('the label %s names an id: %s', (value, is) => {
  expect(namesAnId(value, new Set(['known-id']))).toBe(is);
});

it('legends are made of labels as Grafana makes them', () => {
  expect(legendOf('{{consumer}} · {{ topic }}{{none}}', { consumer: 'a', topic: 'b' })).toBe(
    'a · b',
  );
});
