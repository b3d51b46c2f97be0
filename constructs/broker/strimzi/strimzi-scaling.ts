import { Construct } from 'constructs';
import { EventPlatform } from '../../platform/event-platform.ts';
import { assignLayer, Layer } from '../../platform/layers.ts';
import { commonLabels } from '../../core/names.ts';
import { TriggerAuthentication } from '../../imports/keda.sh.ts';
import { addMetricSource, MetricSource } from '../../observability/metric-source.ts';
import { ScrapeAlerts } from '../../observability/scrape-alerts.ts';
import { PodMonitor } from '../../imports/monitoring.coreos.com.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { strimziNames } from './strimzi-names.ts';

/** The login of KEDA to a cluster of Strimzi. */
export class StrimziScaling extends Construct {
  /** Name of the TriggerAuthentication. */
  public readonly triggerAuthentication: string;
  /** The generated TriggerAuthentication. */
  public readonly authentication: TriggerAuthentication;

  public constructor(
    scope: Construct,
    id: string,
    props: { readonly cluster: string; readonly account: SecretReference },
  ) {
    super(scope, id);
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    const { cluster, account } = props;
    this.triggerAuthentication = `${cluster}-keda`;
    this.authentication = new TriggerAuthentication(this, 'authentication', {
      metadata: {
        name: this.triggerAuthentication,
        labels: commonLabels(this.triggerAuthentication, 'scaler'),
      },
      spec: {
        secretTargetRef: [
          ...['username', 'password'].map((key) => ({ parameter: key, name: account.name, key })),
          { parameter: 'ca', name: strimziNames(cluster).authority, key: 'ca.crt' },
        ],
      },
    });
  }
}

/**
 * Lets Prometheus scrape the exporter of a cluster of Strimzi, whose pods have labels of Strimzi's.
 * The series carry `job="<namespace>/<cluster>-kafka-exporter"`.
 */
export class StrimziScrape extends Construct {
  /** The generated PodMonitor; undefined where the platform has no monitors. */
  public readonly podMonitor: PodMonitor | undefined;

  public constructor(scope: Construct, id: string, cluster: string) {
    super(scope, id);
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    const name = strimziNames(cluster).exporter;
    addMetricSource(this, MetricSource.KAFKA_EXPORTER);
    new ScrapeAlerts(this, 'alerts', { workload: name });
    if (EventPlatform.of(this).defaults.monitors === false) {
      return;
    }
    this.podMonitor = new PodMonitor(this, 'pod-monitor', {
      metadata: { name, labels: commonLabels(name, 'monitoring') },
      spec: {
        selector: { matchLabels: { 'strimzi.io/name': name } },
        podMetricsEndpoints: [{ port: 'tcp-prometheus', path: '/metrics' }],
      },
    });
  }
}
