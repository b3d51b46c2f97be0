import { setTimeout as sleep } from 'node:timers/promises';
import { MetricSource } from '../../constructs/internal.ts';
import { panelQueries, renderedDashboards, ruleQueries } from '../../testkit/metrics/checks.ts';
import { namedMetrics } from '../../testkit/metrics/named-metrics.ts';
import { scrapeJobs } from '../../testkit/metrics/targets.ts';
import type { DeployedPlatform } from './deployed-platform.ts';
import { InClusterClient } from './in-cluster-client.ts';
import { KUBE_STATE_METRICS_PAGE } from './kube-state-metrics.ts';

/** What does not run in the cluster, and why. */
const ABSENT: Readonly<Partial<Record<MetricSource, string>>> = {
  [MetricSource.CERT_MANAGER]: 'no registry serves it',
  [MetricSource.PROMETHEUS]: '`npm run e2e` runs it with the same rules',
};

/** What answers in the cluster. */
const STARTED: ReadonlySet<MetricSource> = new Set([
  MetricSource.RUNTIME,
  MetricSource.SIDECAR,
  MetricSource.KAFKA_EXPORTER,
  MetricSource.KUBELET,
  MetricSource.KEDA,
  MetricSource.KUBE_STATE_METRICS,
]);

/** Scrapes after which a page that does not answer is a failure. */
const SCRAPES = 3;

/** Metrics that a page names, series of histograms included. */
function names(page: string): string[] {
  return page.split('\n').flatMap((line) => /^[a-zA-Z_:][\w:]*/.exec(line)?.[0] ?? []);
}

/** Answer of a page. A page that fails is scraped again, as Prometheus does: its exporter reconnects to the broker. */
async function scraped(client: InClusterClient, url: string): ReturnType<InClusterClient['page']> {
  for (let scrape = 1; ; scrape++) {
    const answer = await client.page(url);
    if (answer.status === 200 || scrape === SCRAPES) {
      return answer;
    }
    await sleep(5_000);
  }
}

/** Scrapes what PodMonitors name, from where they are scraped. Pages that do not answer are a failure. */
async function podPages(platform: DeployedPlatform, client: InClusterClient): Promise<string[]> {
  const pages: string[] = [];
  for (const { monitor, page } of scrapeJobs(platform.manifests)) {
    const pods = await platform.pods(monitor);
    if (pods.length === 0) {
      throw new Error(`there is no pod that the PodMonitor ${monitor} means`);
    }
    const query = new URLSearchParams(
      Object.entries(page.params ?? {}).flatMap(([name, values]) =>
        values.map((value): [string, string] => [name, value]),
      ),
    ).toString();
    for (const { metadata, spec, status } of pods) {
      const ports = spec.containers.flatMap((container) => container.ports ?? []);
      const port = ports.find(({ name }) => name === page.port)?.containerPort;
      if (port === undefined) {
        throw new Error(`${metadata.name} has no port '${page.port}', which a PodMonitor names`);
      }
      const url = `http://${status!.podIP}:${port}${page.path}${query === '' ? '' : `?${query}`}`;
      const answer = await scraped(client, url);
      if (answer.status !== 200) {
        throw new Error(`${metadata.name} ${page.port}: ${answer.status} ${answer.body}`);
      }
      pages.push(answer.body);
    }
  }
  return pages;
}

/** Pages of what is not of the platform, and which its rules and dashboards rely on. */
async function clusterPages(
  platform: DeployedPlatform,
  client: InClusterClient,
): Promise<string[]> {
  const kubelet = await platform.kubectl.run([
    ...['get', 'nodes', '--output', 'jsonpath={.items[0].metadata.name}'],
  ]);
  const pages = await Promise.all(
    ['http://keda-operator.keda:8080/metrics', KUBE_STATE_METRICS_PAGE].map(async (url) => {
      const { status, body } = await client.page(url);
      if (status !== 200) {
        throw new Error(`${url}: ${status} ${body}`);
      }
      return body;
    }),
  );
  return [
    ...pages,
    await platform.kubectl.run(['get', '--raw', `/api/v1/nodes/${kubelet}/proxy/metrics`]),
  ];
}

/** Seconds until everything has been polled once: KEDA has metrics of a scaler after that. */
const DEADLINE = 120;

/**
 * Looks for every metric that rules and dashboards name on the endpoints of the running platform.
 *
 * @throws Error that names those which a running part should have.
 */
export async function findMetrics(
  platform: DeployedPlatform,
  progress: (text: string) => void,
): Promise<string> {
  const client = await InClusterClient.start(platform.kubectl, 'monitoring');
  const rules = ruleQueries(platform.manifests);
  const panels = renderedDashboards(platform.manifests).flatMap(panelQueries);
  const look = async () => {
    const pages = [
      ...(await podPages(platform, client)),
      ...(await clusterPages(platform, client)),
    ];
    return {
      pages: pages.length,
      ...namedMetrics([...rules, ...panels], rules, {
        present: new Set(pages.flatMap(names)),
        started: new Set([...STARTED, ...platform.environment.sources]),
        standIns: new Set([MetricSource.KAFKA_EXPORTER]),
      }),
    };
  };
  const end = performance.now() + DEADLINE * 1000;
  let metrics = await look();
  while (metrics.failures.length > 0 && performance.now() < end) {
    await sleep(5_000);
    metrics = await look();
  }
  console.log(`\n${metrics.table}\n`);
  for (const [source, why] of Object.entries(ABSENT)) {
    progress(`${source} does not run here: ${why}`);
  }
  if (metrics.silent.length > 0) {
    progress(`not there, and no need to: ${metrics.silent.join(', ')}`);
  }
  if (metrics.failures.length > 0) {
    throw new Error(metrics.failures.join('; '));
  }
  return `${metrics.found} of ${metrics.named} that are named, on ${metrics.pages} pages`;
}
