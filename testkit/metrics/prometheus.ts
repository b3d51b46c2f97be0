import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { Manifests } from '../../scripts/manifests.ts';
import { requireCommand } from '../../scripts/toolchain.ts';
import { answers, freePorts, ManagedProcess } from '../process.ts';
import { type ScrapeJob, scrapeJobs } from './targets.ts';
import type { MetricsPort } from './metrics-port.ts';

/** Labels of a series; `__name__` is its metric. */
export type Labels = Readonly<Record<string, string>>;

/** One curve. */
export interface TimeSeries {
  readonly metric: Labels;
  /** Seconds since 1970, and values as text. */
  readonly values: readonly (readonly [number, string])[];
}

/** Something that Prometheus scrapes. */
export interface Target {
  readonly labels: Labels;
  readonly health: 'up' | 'down' | 'unknown';
  readonly lastError: string;
}

/** How often apps and sidecars are scraped and every rule is looked at, in seconds. */
export const INTERVAL = 2;
/** How often brokers are scraped, in seconds: six JVMs on one small machine take their time. */
const BROKER_INTERVAL = 6;

/** A time of the run, in seconds since 1970. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Prometheus said that a query is wrong. */
export class QueryError extends Error {
  public override readonly name = 'QueryError';
}

/** A Prometheus on loopback that scrapes what the rendered PodMonitors name, with the rendered rules. */
export class Prometheus {
  /**
   * Writes its files and starts it.
   *
   * @throws MissingToolchainError when it is not installed.
   */
  public static async start(
    manifests: Manifests,
    folder: string,
    logs: string,
  ): Promise<Prometheus> {
    const command = requireCommand('prometheus');
    mkdirSync(join(folder, 'rules'), { recursive: true });
    // Names of groups are unique within a file, as they are within an object.
    for (const { metadata, spec } of manifests.ofKind('PrometheusRule')) {
      writeFileSync(join(folder, 'rules', `${metadata.name}.yaml`), dump(spec));
    }
    const jobs = scrapeJobs(manifests);
    const [port] = (await freePorts(1)) as [number];
    const prometheus = new Prometheus(jobs, manifests.namespace, folder, port);
    prometheus.follow([]);
    writeFileSync(join(folder, 'prometheus.yaml'), dump(configuration(jobs, folder)));
    await new ManagedProcess({
      name: 'prometheus',
      command,
      args: [
        `--config.file=${join(folder, 'prometheus.yaml')}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
      ],
      log: join(logs, 'prometheus.log'),
      ready: () => answers(`http://127.0.0.1:${port}/-/ready`),
    }).start();
    return prometheus;
  }

  readonly #files = new Map<string, string>();

  private constructor(
    private readonly jobs: readonly ScrapeJob[],
    private readonly namespace: string,
    private readonly folder: string,
    private readonly port: number,
  ) {}

  /** Scrapes these, and nothing else, with the labels that the operator gives. */
  public follow(ports: readonly MetricsPort[]): void {
    for (const [index, { monitor, page }] of this.jobs.entries()) {
      const targets = ports
        .filter((port) => port.monitor === monitor && port.port === page.port)
        .map(({ pod, address, port }) => ({
          targets: [address],
          labels: {
            job: `${this.namespace}/${monitor}`,
            namespace: this.namespace,
            pod,
            endpoint: port,
          },
        }));
      const file = targetsFile(this.folder, index);
      const text = JSON.stringify(targets);
      if (this.#files.get(file) !== text) {
        this.#files.set(file, text);
        writeFileSync(`${file}.new`, text);
        renameSync(`${file}.new`, file);
      }
    }
  }

  /** What it scrapes, and how that went last. */
  public async targets(): Promise<readonly Target[]> {
    const { activeTargets } = await this.#get<{ activeTargets: readonly Target[] }>(
      'targets?state=active',
    );
    return activeTargets;
  }

  /**
   * The results of a query over a time.
   *
   * @param step seconds between values. @default - twice the interval
   * @throws QueryError when Prometheus does not take the query.
   */
  public async range(
    query: string,
    { start, end }: Span,
    step = 2 * INTERVAL,
  ): Promise<TimeSeries[]> {
    const parameters = new URLSearchParams({
      query,
      start: String(start),
      end: String(end),
      step: String(step),
    });
    return (await this.#get<{ result: TimeSeries[] }>(`query_range?${parameters.toString()}`))
      .result;
  }

  /** The labels of all series of a time. */
  public series({ start, end }: Span): Promise<Labels[]> {
    const parameters = new URLSearchParams({
      'match[]': '{__name__=~".+"}',
      start: String(start),
      end: String(end),
    });
    return this.#get<Labels[]>(`series?${parameters.toString()}`);
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.port}/api/v1/${path}`);
    const { status, data, error } = (await response.json()) as {
      status: string;
      data: T;
      error?: string;
    };
    if (status !== 'success') {
      throw new QueryError(error ?? `Prometheus answered ${response.status}`);
    }
    return data;
  }
}

function targetsFile(folder: string, index: number): string {
  return join(folder, `targets-${index}.json`);
}

/** @see https://prometheus.io/docs/prometheus/2.55/configuration/configuration/ */
function configuration(jobs: readonly ScrapeJob[], folder: string): object {
  const interval = `${INTERVAL}s`;
  return {
    global: {
      scrape_interval: interval,
      scrape_timeout: interval,
      evaluation_interval: interval,
    },
    rule_files: [join(folder, 'rules', '*.yaml')],
    scrape_configs: jobs.map(({ name, page, sampleLimit }, index) => ({
      job_name: name,
      // Apps have a limit of series; brokers' pages have none.
      ...(sampleLimit === undefined && {
        scrape_interval: `${BROKER_INTERVAL}s`,
        scrape_timeout: `${BROKER_INTERVAL}s`,
      }),
      metrics_path: page.path,
      ...(page.params && { params: page.params }),
      ...(sampleLimit !== undefined && { sample_limit: sampleLimit }),
      file_sd_configs: [{ files: [targetsFile(folder, index)], refresh_interval: interval }],
    })),
  };
}
