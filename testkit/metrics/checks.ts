import {
  type DashboardModel,
  dashboardQueries,
  MetricSource,
  readPromQl,
  severalValues,
  sourceOf,
  withVariables,
} from '../../constructs/internal.ts';
import type { Manifests } from '../../scripts/manifests.ts';
import type { TimeSeries } from './prometheus.ts';

/** A query of a dashboard or a rule. */
export interface NamedQuery {
  /** Title of the dashboard, or name of the object with the rules. */
  readonly of: string;
  /** Title of the panel, or name of the alert or of the metric that is recorded. */
  readonly name: string;
  /** PromQL, without variables. */
  readonly query: string;
}

/** A rendered rule. */
interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string | number;
}

/** Range in the place of Grafana's `$__rate_interval`: some scrapes of the run. */
const RATE_INTERVAL = '20s';

/** The dashboards that are rendered. */
export function renderedDashboards(manifests: Manifests): DashboardModel[] {
  return manifests
    .ofKind('ConfigMap')
    .filter(({ metadata }) => metadata.labels?.grafana_dashboard === '1')
    .flatMap(({ data }) => Object.values(data))
    .map((json) => JSON.parse(json) as DashboardModel);
}

/** A panel with its queries. */
export interface PanelPlot {
  readonly title: string;
  /** As Grafana names it. */
  readonly unit: string;
  /** The first value that is not good, of an alert. */
  readonly limit: number | undefined;
  /** PromQL without variables, and the names of its series. */
  readonly queries: readonly { readonly query: string; readonly legend: string }[];
}

/**
 * The panels of a dashboard.
 *
 * @param chosen values of its variables. @default - all of each
 */
export function panelPlots(
  model: DashboardModel,
  chosen: Readonly<Record<string, string>> = {},
): PanelPlot[] {
  const all = Object.fromEntries(
    (model.templating.list ?? [])
      .filter(({ includeAll }) => includeAll === true)
      .map(({ name, query }) => [
        name,
        severalValues(typeof query === 'string' ? query.split(',') : []),
      ]),
  );
  const values = { ...all, ...chosen, __rate_interval: RATE_INTERVAL, __range: '5m' };
  const defaults = new Map(
    (model.panels ?? []).map((panel) => [panel.title, panel.fieldConfig?.defaults]),
  );
  const titles = new Set(dashboardQueries(model).map(({ panel }) => panel));
  return [...titles].map((title) => ({
    title,
    unit: defaults.get(title)?.unit ?? '',
    limit: defaults.get(title)?.thresholds?.steps.at(1)?.value ?? undefined,
    queries: dashboardQueries(model)
      .filter(({ panel }) => panel === title)
      .map(({ query, legend }) => ({ query: withVariables(query, values), legend })),
  }));
}

/** Every query of a dashboard, for all that can be chosen on it. */
export function panelQueries(model: DashboardModel): NamedQuery[] {
  return panelPlots(model).flatMap(({ title, queries }) =>
    queries.map(({ query }) => ({ of: model.title, name: title, query })),
  );
}

/** Every query of a rule. */
export function ruleQueries(manifests: Manifests): NamedQuery[] {
  return manifests.ofKind('PrometheusRule').flatMap(({ metadata, spec }) =>
    spec.groups.flatMap(({ rules }) =>
      (rules as readonly Rule[]).map(({ alert, record, expr }) => ({
        of: metadata.name,
        name: alert ?? record ?? '',
        query: String(expr),
      })),
    ),
  );
}

/** The metrics behind a query: of a recorded one, those of the rule that records it. */
export function metricsBehind(query: string, rules: readonly NamedQuery[]): string[] {
  return [
    ...new Set(
      readPromQl(query).metrics.flatMap((metric) => {
        const recorded = rules.filter(({ name }) => name === metric);
        return recorded.length === 0
          ? [metric]
          : recorded.flatMap((rule) => metricsBehind(rule.query, rules));
      }),
    ),
  ];
}

/** Whether there is a value that can be drawn. */
export function hasData(series: readonly TimeSeries[]): boolean {
  return series.some(({ values }) => values.some(([, value]) => Number.isFinite(Number(value))));
}

/** Where a metric was found, or why it was not. */
export type Whereabouts = 'found' | 'not started here' | 'nothing happened' | 'missing';

/**
 * Metrics that a part emits only once something has happened which need not happen in a run, and what.
 */
export const ONLY_WHEN: Readonly<Record<string, string>> = {
  dapr_component_pubsub_egress_bulk_count: 'events are published several at once',
  dapr_component_pubsub_egress_bulk_latencies: 'events are published several at once',
  dapr_component_pubsub_egress_count: 'events are published one by one',
  dapr_component_pubsub_egress_latencies: 'events are published one by one',
  dapr_component_pubsub_ingress_bulk_count: 'the broker delivers several events at once',
  dapr_component_pubsub_ingress_bulk_event_count: 'the broker delivers several events at once',
  dapr_component_pubsub_ingress_bulk_latencies: 'the broker delivers several events at once',
  dapr_component_pubsub_ingress_count: 'the broker delivers events one by one',
  dapr_component_pubsub_ingress_latencies: 'the broker delivers events one by one',
  dapr_resiliency_activations_total: 'a call is tried again',
  dapr_runtime_component_init_fail_total: 'a component does not load',
  events_dead_lettered_total: 'an event gets into a dead-letter topic',
};

/**
 * Histograms that are filled in one burst of a run. Prometheus sees no growth in a series that is new, so
 * panels of rates show nothing when all of it falls between two scrapes.
 */
const ONE_BURST: readonly string[] = [
  'dapr_component_pubsub_egress_latencies',
  'dapr_component_pubsub_ingress_latencies',
];

/** The name of a histogram, of one of its series. */
function base(metric: string): string {
  return metric.replace(/_(bucket|sum|count)$/, '');
}

/** Why a metric may be absent; undefined when nothing excuses it. */
export function excuse(metric: string): string | undefined {
  return ONLY_WHEN[metric] ?? ONLY_WHEN[base(metric)];
}

/** Why a panel of a metric may show nothing though the metric is there; undefined when nothing excuses it. */
export function panelExcuse(metric: string, present: ReadonlySet<string>): string | undefined {
  if (ONE_BURST.includes(base(metric))) {
    return 'all of it fell between two scrapes';
  }
  return present.has(metric) ? undefined : excuse(metric);
}

/** Reports which metrics existed. */
export function whereabouts(
  metric: string,
  present: ReadonlySet<string>,
  started: ReadonlySet<MetricSource>,
): Whereabouts {
  if (present.has(metric)) {
    return 'found';
  }
  const source = sourceOf(metric);
  if (source === undefined || started.has(source)) {
    return excuse(metric) === undefined ? 'missing' : 'nothing happened';
  }
  return 'not started here';
}

/** Shapes of ids of events, tasks, users and traces. */
const ID_SHAPES = [
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/i,
  /(^|[^0-9a-f])([0-9a-f]{32}|[0-9a-f]{16})([^0-9a-f]|$)/i,
  /\b(task|user|poison)-\d+\b/,
];

/** Whether the value of a label names an event, a task, a user or a trace of the run. */
export function namesAnId(value: string, ids: ReadonlySet<string>): boolean {
  return ids.has(value) || ID_SHAPES.some((shape) => shape.test(value));
}
