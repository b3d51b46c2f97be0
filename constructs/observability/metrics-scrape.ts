import { Construct } from 'constructs';
import { assignLayer, Layer } from '../core/layers.ts';
import { commonLabels, selectorLabels } from '../core/names.ts';
import { PodMonitor } from '../imports/monitoring.coreos.com.ts';

/** Properties of {@link MetricsScrape}. */
export interface MetricsScrapeProps {
  /** Name of the workload whose pods are scraped; also of the PodMonitor. */
  readonly name: string;
  /** Names of the container ports that serve `/metrics`. */
  readonly ports: readonly string[];
}

/**
 * Has Prometheus scrape the pods of one workload. The series carry
 * `job="<namespace>/<workload>"`, which alerts select by.
 *
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
 */
export class MetricsScrape extends Construct {
  /** The generated object. */
  public readonly podMonitor: PodMonitor;

  public constructor(scope: Construct, id: string, props: MetricsScrapeProps) {
    super(scope, id);
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    this.podMonitor = new PodMonitor(this, 'pod-monitor', {
      metadata: { name: props.name, labels: commonLabels(props.name, 'monitoring') },
      spec: {
        selector: { matchLabels: selectorLabels(props.name) },
        podMetricsEndpoints: props.ports.map((port) => ({ port, path: '/metrics' })),
      },
    });
  }
}
