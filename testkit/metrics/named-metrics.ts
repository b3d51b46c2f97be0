import { type MetricSource, sourceOf } from '../../constructs/internal.ts';
import { table } from '../../cli/table.ts';
import { excuse, metricsBehind, type NamedQuery, whereabouts } from './checks.ts';

/** What was seen of a run. */
export interface Seen {
  /** Names of metrics that were scraped. */
  readonly present: ReadonlySet<string>;
  /** What answers in the run. */
  readonly started: ReadonlySet<MetricSource>;
  /** In whose place something else answers. */
  readonly standIns: ReadonlySet<MetricSource>;
}

/** Every metric that is named in a rule or a dashboard, and where it was found. */
export interface NamedMetrics {
  /** How many each source has, as a table. */
  readonly table: string;
  /** What need not be there, and why. */
  readonly silent: readonly string[];
  /** Metrics that are missing. */
  readonly failures: readonly string[];
  /** How many were found, and how many are named. */
  readonly found: number;
  readonly named: number;
}

/**
 * Looks for every metric that is named.
 *
 * @param queries of rules and panels.
 * @param rules those of rules, which may record a metric that another query names.
 */
export function namedMetrics(
  queries: readonly NamedQuery[],
  rules: readonly NamedQuery[],
  { present, started, standIns }: Seen,
): NamedMetrics {
  const named = [...new Set(queries.flatMap(({ query }) => metricsBehind(query, rules)))].sort();
  const rows = [...new Set(named.map((metric) => sourceOf(metric)))].map((source) => {
    const metrics = named.filter((metric) => sourceOf(metric) === source);
    const found = metrics.filter((metric) => present.has(metric));
    return [
      `${source ?? 'no source'}${source !== undefined && standIns.has(source) ? ' (a stand-in)' : ''}`,
      String(metrics.length),
      source !== undefined && started.has(source) ? String(found.length) : 'not started here',
    ];
  });
  return {
    table: table(['metrics of', 'named', 'found'], rows),
    silent: named
      .filter((metric) => !present.has(metric) && excuse(metric) !== undefined)
      .map((metric) => `${metric} (only when ${excuse(metric)})`),
    failures: named
      .filter((metric) => whereabouts(metric, present, started) === 'missing')
      .map((metric) => `no endpoint has the metric ${metric}, which a rule or a dashboard names`),
    found: named.filter((metric) => present.has(metric)).length,
    named: named.length,
  };
}
