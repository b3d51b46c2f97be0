import { Construct } from 'constructs';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { commonLabels, selectorLabels } from '../core/names.ts';
import type { Register } from '../platform/registers.ts';
import { PodMonitor } from '../imports/monitoring.coreos.com.ts';
import { addMetricSource, type MetricSource } from './metric-source.ts';
import { ScrapeAlerts } from './scrape-alerts.ts';

/** Metrics that are not at `/metrics`, or have to be asked for. */
export interface MetricsPage {
  /** Name of the container port. */
  readonly port: string;
  /** Path of the metrics. */
  readonly path: string;
  /** Parameters of the query. @default - none */
  readonly params?: Readonly<Record<string, readonly string[]>>;
}

/** What of a platform is scraped. */
export const SCRAPES: Register<MetricsScrape> = { name: 'metrics-scrapes' };

/** Properties of {@link MetricsScrape}. */
export interface MetricsScrapeProps {
  /** Name of the workload whose pods are scraped; also of the PodMonitor. */
  readonly name: string;
  /** Names of the container ports that serve `/metrics`, and what is to be scraped beside. */
  readonly ports: readonly (string | MetricsPage)[];
  /** What answers there. */
  readonly sources: readonly MetricSource[];
  /**
   * Most series of one page. A page above it is not taken, and its target counts as down: a label that
   * holds ids shall not fill Prometheus. @default - no limit
   */
  readonly sampleLimit?: number;
  /** Whether at least one pod is always there, so that silence is a reason to look. @default true */
  readonly always?: boolean;
}

/**
 * Lets Prometheus scrape the pods of one workload. The series carry
 * `job="<namespace>/<workload>"`, which alerts select by.
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
 */
export class MetricsScrape extends Construct {
  /** Value of the label `job` of its series. */
  public readonly job: string;
  /** What answers there. */
  public readonly sources: readonly MetricSource[];
  /** The generated object; undefined where the platform's defaults leave monitors out. */
  public readonly podMonitor: PodMonitor | undefined;

  public constructor(scope: Construct, id: string, props: MetricsScrapeProps) {
    super(scope, id);
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    const { defaults, environment, registers } = EventPlatform.of(this);
    this.job = `${environment.namespace}/${props.name}`;
    this.sources = props.sources;
    registers.enter(SCRAPES, this);
    props.sources.forEach((source) => addMetricSource(this, source));
    if (props.always !== false) {
      new ScrapeAlerts(this, 'alerts', { workload: props.name });
    }
    if (defaults.monitors === false) {
      return;
    }
    this.podMonitor = new PodMonitor(this, 'pod-monitor', {
      metadata: { name: props.name, labels: commonLabels(props.name, 'monitoring') },
      spec: {
        selector: { matchLabels: selectorLabels(props.name) },
        ...(props.sampleLimit !== undefined && { sampleLimit: props.sampleLimit }),
        podMetricsEndpoints: props.ports.map((page) =>
          typeof page === 'string'
            ? { port: page, path: '/metrics' }
            : {
                port: page.port,
                path: page.path,
                ...(page.params && {
                  params: Object.fromEntries(
                    Object.entries(page.params).map(([name, values]) => [name, [...values]]),
                  ),
                }),
              },
        ),
      },
    });
  }
}
