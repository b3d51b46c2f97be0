import { METRICS_PORT_NAME } from '@cdk8s-event-platform/contracts/interface';
import { MetricSource } from '../../constructs/internal.ts';
import type { KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import type { MetricsPort } from './metrics-port.ts';
import type { RunningPlatform } from '../platform/platform.ts';

/** One page that is scraped. */
interface MonitoredPage {
  readonly port: string;
  readonly path: string;
  readonly params?: Readonly<Record<string, readonly string[]>>;
}

/** A page of metrics in a PodMonitor. */
export interface ScrapeJob {
  readonly monitor: string;
  readonly page: MonitoredPage;
  /** Name that no other job of Prometheus has; the label `job` is another. */
  readonly name: string;
  /** Most series of the page. */
  readonly sampleLimit: number | undefined;
}

/** A job for each page of each rendered PodMonitor. */
export function scrapeJobs(manifests: Manifests): ScrapeJob[] {
  return manifests.ofKind('PodMonitor').flatMap((object: KubernetesObject) => {
    const { podMetricsEndpoints, sampleLimit } = object.spec as unknown as {
      podMetricsEndpoints: readonly MonitoredPage[];
      sampleLimit?: number;
    };
    const monitor = object.metadata.name;
    return podMetricsEndpoints.map((page, index) => ({
      monitor,
      page,
      name: `podMonitor/${manifests.namespace}/${monitor}/${index}`,
      sampleLimit,
    }));
  });
}

/** Everything of the run that a PodMonitor has scraped, now. */
export function metricsPorts(platform: RunningPlatform): MetricsPort[] {
  const pods = new Map<string, number>();
  const ofApps = [...platform.apps.values(), ...platform.more].flatMap(
    ({ appId, metricsPort, ports }) => {
      const number = pods.get(appId) ?? 0;
      pods.set(appId, number + 1);
      const shared = { monitor: appId, pod: `${appId}-${number}` };
      return [
        {
          ...shared,
          port: METRICS_PORT_NAME,
          address: `127.0.0.1:${metricsPort}`,
          source: MetricSource.RUNTIME,
        },
        {
          ...shared,
          port: 'dapr-metrics',
          address: `127.0.0.1:${ports.metrics}`,
          source: MetricSource.SIDECAR,
        },
      ];
    },
  );
  return [...ofApps, ...(platform.broker.metricsPorts ?? [])];
}
