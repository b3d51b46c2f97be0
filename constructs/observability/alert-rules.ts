import { type Duration, Lazy } from 'cdk8s';
import { Construct, type IConstruct } from 'constructs';
import {
  coded,
  duration,
  listOf,
  mapOf,
  oneOf,
  optional,
  type Shape,
  shaped,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { commonLabels } from '../core/names.ts';
import { Problems, requireProps, validateLater } from '../core/problems.ts';
import { wholeSeconds } from '../core/quantities.ts';
import type { Register } from '../platform/registers.ts';
import {
  PrometheusRule,
  type PrometheusRuleSpecGroupsRules,
  PrometheusRuleSpecGroupsRulesExpr,
} from '../imports/monitoring.coreos.com.ts';
import { type DashboardLink, DashboardName, dashboardUrl } from './dashboard-link.ts';
import { queryProblems } from './metric-catalogue.ts';

/** The value of an alert as a whole number: Prometheus itself writes a million as 1e+06. */
export const COUNT = '{{ $value | printf "%.0f" }}';

/** How soon somebody has to look. */
export enum AlertSeverity {
  /** Now: events are lost, held or late. */
  CRITICAL = 'critical',
  /** Today: it becomes critical when nobody does anything. */
  WARNING = 'warning',
}

/** One alert. */
export interface Alert {
  /** In upper camel case; also the name of its runbook. */
  readonly name: string;
  /** PromQL: each series that it returns is an alert. */
  readonly query: string;
  /** How long the query has to return a series before somebody is told. @default - not at all */
  readonly for?: Duration;
  readonly severity: AlertSeverity;
  /** Labels beside `namespace` and `severity`, which tell alerts of one name from each other. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
  /** One line with the value, e.g. `{{ $value }} events wait`. */
  readonly summary: string;
  /** What it means and where to look first. */
  readonly description: string;
  /** Where its metrics are drawn. @default - none */
  readonly dashboard?: DashboardLink;
}

/** A metric that Prometheus computes, for alerts that would take too long to evaluate. */
export interface RecordingRule {
  /** Name as `level:metric:operations`. @see https://prometheus.io/docs/practices/rules/ */
  readonly metric: string;
  /** PromQL. */
  readonly query: string;
  /** @default - those of the query */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Most rules of one object: the Prometheus operator takes no more than 512 KiB of them.
 *
 * @see https://github.com/prometheus-operator/prometheus-operator/issues/6478
 */
const MAX_RULES = 250;

/** Constructs with alerts, by what tells these from each other. */
const ALERTS: Register<AlertRules> = { name: 'alerts' };
/** Constructs that record metrics, by the metric. */
const RECORDINGS: Register<AlertRules> = { name: 'recording-rules' };

/** Properties of {@link AlertRules}. */
export interface AlertRulesProps {
  /** Name of what the alerts are about; the object is `<name>-alerts`. */
  readonly name: string;
  readonly alerts: readonly Alert[];
  /** @default - none */
  readonly recordingRules?: readonly RecordingRule[];
  /** Metrics of parts of yours that alerts name. @default - none */
  readonly externalMetrics?: readonly string[];
}

const SHAPE: Shape<AlertRulesProps> = {
  name: text,
  alerts: listOf(
    shaped<Alert>({
      name: text,
      query: text,
      for: optional(duration),
      severity: oneOf(...Object.values(AlertSeverity)),
      labels: optional(mapOf(text)),
      summary: text,
      description: text,
      dashboard: optional(
        shaped<DashboardLink>({
          dashboard: oneOf(...Object.values(DashboardName)),
          variables: optional(mapOf(text)),
        }),
      ),
    }),
  ),
  recordingRules: optional(
    listOf(shaped<RecordingRule>({ metric: text, query: text, labels: optional(mapOf(text)) })),
  ),
  externalMetrics: optional(listOf(text)),
};

/**
 * A duration as Prometheus writes it, in the largest unit that it is whole in.
 *
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations
 */
export function prometheusDuration(scope: Construct, what: string, time: Duration): string {
  const seconds = wholeSeconds(scope, what, time);
  const [unit, length] = (
    [
      ['d', 86_400],
      ['h', 3_600],
      ['m', 60],
      ['s', 1],
    ] as const
  ).find(([, of]) => seconds % of === 0)!;
  return `${seconds / length}${unit}`;
}

/** What is wrong with an alert as people read it. */
function alertProblems({ name, summary }: Alert): (string | false)[] {
  return [
    !/^[A-Z][A-Za-z0-9]*$/.test(name) &&
      `alert '${name}' is not in upper camel case: use a name such as ConsumerLagHigh`,
    !summary.includes('$value') &&
      `the summary of alert '${name}' does not say the value: put {{ $value }} into it`,
  ];
}

/** What somebody could not tell an alert from another by. */
function identityOf({ name, labels, severity }: Alert): string {
  return JSON.stringify([name, severity, Object.entries(labels ?? {}).sort()]);
}

/** Metrics that the rules of a platform record. */
export function recordedMetrics(scope: IConstruct): readonly string[] {
  return EventPlatform.of(scope).registers.names(RECORDINGS);
}

/**
 * Alerts on one part of a platform. Each has a severity, a summary with the value, and links to its
 * runbook and, where the platform has it, to a dashboard. A query that is no PromQL, one of a metric
 * that nothing emits, and a second alert of the same name and labels are refused.
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
 */
export class AlertRules extends Construct {
  /** The alerts, as declared. */
  public readonly alerts: readonly Alert[];
  /** Metrics that its rules record. */
  public readonly recorded: readonly string[];
  /** The generated object, the first of those that many rules need; undefined where the platform's defaults leave rules out. */
  public readonly rule: PrometheusRule | undefined;

  public constructor(scope: Construct, id: string, props: AlertRulesProps) {
    super(scope, id);
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    requireProps(this, props, SHAPE);
    const { name, alerts, recordingRules = [] } = props;
    this.alerts = alerts;
    this.recorded = recordingRules.map(({ metric }) => metric);
    const problems = new Problems(this);
    alerts.forEach((alert) => problems.add(...coded('EP6004', ...alertProblems(alert))));
    problems.report();
    const { defaults, registers } = EventPlatform.of(this);
    alerts.forEach((alert) => registers.enter(ALERTS, this, identityOf(alert)));
    this.recorded.forEach((metric) => registers.enter(RECORDINGS, this, metric));
    const rules: PrometheusRuleSpecGroupsRules[] = [
      ...recordingRules.map(({ metric, query, labels }) => ({
        record: metric,
        expr: PrometheusRuleSpecGroupsRulesExpr.fromString(query),
        ...(labels && { labels: { ...labels } }),
      })),
      ...alerts.map((alert) => this.#rule(alert)),
    ];
    if (defaults.rules !== false) {
      this.rule = this.#objects(name, rules);
    }
    const others = new Set([...this.recorded, ...(props.externalMetrics ?? [])]);
    validateLater(this, () => [
      ...coded(
        'EP6003',
        ...[...recordingRules, ...alerts].flatMap(({ query }) =>
          queryProblems(this, query, others),
        ),
      ),
      ...coded('EP5003', ...this.#doubles()),
    ]);
  }

  /** As many objects as the rules need. @returns the first. */
  #objects(name: string, rules: PrometheusRuleSpecGroupsRules[]): PrometheusRule {
    const first = this.#object(name, rules.slice(0, MAX_RULES));
    for (let from = MAX_RULES; from < rules.length; from += MAX_RULES) {
      this.#object(name, rules.slice(from, from + MAX_RULES), `-${from / MAX_RULES + 1}`);
    }
    return first;
  }

  #object(
    name: string,
    rules: PrometheusRuleSpecGroupsRules[],
    number: `-${number}` | '' = '',
  ): PrometheusRule {
    return new PrometheusRule(this, `rule${number}`, {
      metadata: { name: `${name}-alerts${number}`, labels: commonLabels(name, 'monitoring') },
      spec: { groups: [{ name: `${name}${number}`, rules }] },
    });
  }

  #rule(alert: Alert): PrometheusRuleSpecGroupsRules {
    const { dashboard } = alert;
    const { links, environment } = EventPlatform.of(this);
    return {
      alert: alert.name,
      expr: PrometheusRuleSpecGroupsRulesExpr.fromString(alert.query),
      ...(alert.for && { for: prometheusDuration(this, 'for', alert.for) }),
      // Of two platforms in one cluster, each has alerts, and people, of its own.
      labels: { ...alert.labels, namespace: environment.namespace, severity: alert.severity },
      annotations: {
        summary: alert.summary,
        description: alert.description,
        // A path is no URL that a notification could link to.
        ...(links.runbooks === undefined
          ? { runbook: `docs/runbooks/${alert.name}.md` }
          : { runbook_url: `${links.runbooks}/${alert.name}.md` }),
        ...(dashboard && {
          [links.grafana === undefined ? 'dashboard' : 'dashboard_url']: Lazy.any({
            produce: () => dashboardUrl(this, dashboard),
          }) as string,
        }),
      },
    };
  }

  /** Alerts that nobody could tell from one that another construct has declared before, or this one. */
  #doubles(): string[] {
    const { registers } = EventPlatform.of(this);
    const seen = new Set<string>();
    return this.alerts.flatMap((alert) => {
      const identity = identityOf(alert);
      const double = seen.has(identity) || registers.find(ALERTS, identity) !== this;
      seen.add(identity);
      return double
        ? [
            `a second alert '${alert.name}' has the same labels, and silencing one would silence both: give it another name or a label of its own`,
          ]
        : [];
    });
  }
}
