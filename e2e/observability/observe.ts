import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MetricSource } from '../../constructs/internal.ts';
import { table } from '../../cli/table.ts';
import type { RunningPlatform } from '../../testkit/platform/platform.ts';
import {
  hasData,
  metricsBehind,
  namesAnId,
  panelExcuse,
  type NamedQuery,
  panelQueries,
  renderedDashboards,
  ruleQueries,
  whereabouts,
} from '../../testkit/metrics/checks.ts';
import { namedMetrics } from '../../testkit/metrics/named-metrics.ts';
import {
  INTERVAL,
  Prometheus,
  QueryError,
  type Span,
  type Target,
} from '../../testkit/metrics/prometheus.ts';
import { writePlots } from '../../testkit/metrics/plots.ts';
import { metricsPorts } from '../../testkit/metrics/targets.ts';

/** What a run says when it does harm, and how plots name it. */
const HARM: readonly (readonly [begin: RegExp, what: string])[] = [
  [/^database down/, 'database down'],
  [/^a second task-processor/, 'consumer killed'],
  [/^kafka-\d+ is killed/, 'broker killed'],
];
/** How long something that was killed is down, in seconds. */
const CRASH_SECONDS = 5;

/** Settings of {@link Observation}. */
export interface ObservationOptions {
  readonly platform: RunningPlatform;
  /** Temporary folder of the run. */
  readonly folder: string;
  readonly progress: (text: string) => void;
}

/** A Prometheus that watches a run, and what can be said of it afterwards. */
export class Observation {
  /** Starts Prometheus and waits until it has scraped everything once: counts are growth from there on. */
  public static async start(options: ObservationOptions): Promise<Observation> {
    const { platform, folder, progress } = options;
    const prometheus = await Prometheus.start(
      platform.manifests,
      join(folder, 'prometheus'),
      join(folder, 'logs'),
    );
    const observation = new Observation(options, prometheus);
    await observation.#scraped();
    progress(`prometheus scrapes ${metricsPorts(platform).length} ports, with the rendered rules`);
    return observation;
  }

  readonly #start = Date.now() / 1000;
  readonly #spans: { text: string; from: number; to: number }[] = [];
  readonly #timer: NodeJS.Timeout;
  readonly #platform: RunningPlatform;
  readonly #progress: (text: string) => void;

  private constructor(
    { platform, progress }: ObservationOptions,
    /** For further questions. */
    public readonly prometheus: Prometheus,
  ) {
    this.#platform = platform;
    this.#progress = progress;
    const follow = () => prometheus.follow(metricsPorts(platform));
    follow();
    // Pods come and go.
    this.#timer = setInterval(follow, INTERVAL * 1000).unref();
  }

  /** The time since it began. */
  public get span(): Span {
    return { start: this.#start, end: Date.now() / 1000 };
  }

  /**
   * Prints what was seen: targets, metrics, panels, alerts. Ends the observation.
   *
   * @param ids of events, tasks and traces, which no label may hold.
   * @returns What is wrong.
   */
  public async report(ids: ReadonlySet<string>): Promise<string[]> {
    // The newest samples are scraped, and rules have seen them.
    await sleep(4 * INTERVAL * 1000);
    clearInterval(this.#timer);
    const { span } = this;
    const series = await this.prometheus.series(span);
    const present = new Set(series.map(({ __name__ }) => __name__!));
    const rules = ruleQueries(this.#platform.manifests);
    const panels = renderedDashboards(this.#platform.manifests).map(panelQueries);
    return [
      ...(await this.#targets(span)),
      ...this.#labels(series, ids),
      ...this.#metrics([...rules, ...panels.flat()], rules, present),
      ...(await this.#rules(rules, span)),
      ...(await this.#panels(panels, rules, present, span)),
      ...(await this.#alerts(span)),
    ];
  }

  /** Notes what is done to the platform, from what the run says; for {@link plots}. */
  public note(text: string): void {
    const now = Date.now() / 1000 - this.#start;
    const under = this.#spans.at(-1);
    for (const [begin, what] of HARM) {
      if (begin.test(text)) {
        this.#spans.push({ text: what, from: now, to: now + CRASH_SECONDS });
      }
    }
    if (text.startsWith('database up again') && under !== undefined) {
      under.to = now;
    }
  }

  /** Draws panels of the dashboards from what was seen. Returns the files. */
  public plots(folder: string): Promise<string[]> {
    return writePlots(this.#platform.manifests, this.prometheus, this.span, this.#spans, folder);
  }

  /** What answers in this run. */
  get #started(): ReadonlySet<MetricSource> {
    return new Set([
      MetricSource.PROMETHEUS,
      ...metricsPorts(this.#platform).map(({ source }) => source),
    ]);
  }

  /** Waits until everything has answered once. */
  async #scraped(): Promise<void> {
    const wanted = metricsPorts(this.#platform).length;
    const answered = new Set<string>();
    const end = performance.now() + 120_000;
    for (;;) {
      const targets = await this.prometheus.targets();
      const name = ({ labels }: Target) => `${labels.pod} ${labels.endpoint}`;
      targets.filter(({ health }) => health === 'up').forEach((one) => answered.add(name(one)));
      if (answered.size >= wanted) {
        return;
      }
      if (performance.now() > end) {
        const reasons = targets
          .filter((target) => !answered.has(name(target)))
          .map((target) => `${name(target)}: ${target.lastError}`);
        throw new Error(
          `prometheus has scraped ${answered.size} of ${wanted} ports after 120 s: ${reasons.join('; ')}`,
        );
      }
      await sleep(500);
    }
  }

  /** How many series each target has at most, and whether it answered at all. */
  async #targets(span: Span): Promise<string[]> {
    const counts = await this.prometheus.range('scrape_samples_scraped', span);
    const sizes = counts
      .map(({ metric, values }) => ({
        name: `${metric.pod} ${metric.endpoint}`,
        max: Math.max(...values.map(([, value]) => Number(value))),
      }))
      .sort((a, b) => b.max - a.max);
    const largest = sizes.slice(0, 3).map(({ name, max }) => `${name} ${max}`);
    this.#progress(`series of the largest targets: ${largest.join(', ')}`);
    // Prometheus itself leaves out a page above its limit, and the target is down.
    return sizes
      .filter(({ max }) => max === 0)
      .map(({ name }) => `prometheus has got nothing from ${name}`);
  }

  #labels(series: readonly Readonly<Record<string, string>>[], ids: ReadonlySet<string>): string[] {
    const found = new Set(
      series.flatMap(({ __name__: metric, ...labels }) =>
        Object.entries(labels)
          .filter(([, value]) => namesAnId(value, ids))
          .map(([label, value]) => `the label ${label}="${value}" of ${metric} is an id`),
      ),
    );
    const paths = [...new Set(series.flatMap(({ path }) => path ?? []))].sort();
    this.#progress(
      `paths that sidecars count by: ${paths.filter((path) => path !== '').join(', ')}`,
    );
    this.#progress(`${series.length} series, ${found.size} labels with one of ${ids.size} ids`);
    return [...found].slice(0, 5);
  }

  /** Every metric that is named, by where it was found. */
  #metrics(
    queries: readonly NamedQuery[],
    rules: readonly NamedQuery[],
    present: ReadonlySet<string>,
  ): readonly string[] {
    const ports = metricsPorts(this.#platform);
    const {
      table: found,
      silent,
      failures,
    } = namedMetrics(queries, rules, {
      present,
      started: this.#started,
      standIns: new Set(ports.flatMap(({ source, standIn }) => (standIn === true ? [source] : []))),
    });
    console.log(`\n${found}\n`);
    if (silent.length > 0) {
      this.#progress(`no series, and no need for one: ${silent.join(', ')}`);
    }
    return failures;
  }

  async #data(query: string, span: Span): Promise<boolean | string> {
    try {
      return hasData(await this.prometheus.range(query, span));
    } catch (error) {
      if (error instanceof QueryError) {
        return error.message;
      }
      throw error;
    }
  }

  async #rules(rules: readonly NamedQuery[], span: Span): Promise<string[]> {
    const failures: string[] = [];
    let withData = 0;
    for (const { of, name, query } of rules) {
      const data = await this.#data(query, span);
      if (typeof data === 'string') {
        failures.push(`rule ${name} of ${of}: ${data}`);
      } else if (data) {
        withData++;
      }
    }
    this.#progress(`${rules.length} rules evaluated, ${withData} of them with a value`);
    return failures;
  }

  /** Every query of every panel, which must have data when its sources run here. */
  async #panels(
    dashboards: readonly (readonly NamedQuery[])[],
    rules: readonly NamedQuery[],
    present: ReadonlySet<string>,
    span: Span,
  ): Promise<string[]> {
    const failures: string[] = [];
    const rows: string[][] = [];
    for (const queries of dashboards) {
      const count = { data: 0, elsewhere: 0, silent: 0 };
      for (const { of, name, query } of queries) {
        const behind = metricsBehind(query, rules);
        const data = await this.#data(query, span);
        if (typeof data === 'string') {
          failures.push(`panel '${name}' of ${of}: ${data}`);
        } else if (data) {
          count.data++;
        } else if (
          behind.some(
            (metric) => whereabouts(metric, present, this.#started) === 'not started here',
          )
        ) {
          count.elsewhere++;
        } else if (behind.some((metric) => panelExcuse(metric, present) !== undefined)) {
          count.silent++;
        } else {
          failures.push(`panel '${name}' of ${of} shows nothing: ${query}`);
        }
      }
      rows.push([
        queries[0]?.of ?? '',
        String(new Set(queries.map(({ name }) => name)).size),
        String(queries.length),
        String(count.data),
        String(count.elsewhere),
        String(count.silent),
      ]);
    }
    console.log(
      `\n${table(['dashboard', 'panels', 'queries', 'with data', 'source not started here', 'nothing happened'], rows)}\n`,
    );
    return failures;
  }

  /** Reports which alerts fired; a run with faults has some. */
  async #alerts(span: Span): Promise<string[]> {
    const timeSeries = await this.prometheus.range('ALERTS', span);
    const names = (state: string) => [
      ...new Set(
        timeSeries
          .filter(({ metric }) => metric.alertstate === state)
          .map(
            ({ metric }) =>
              `${metric.alertname} (${metric.consumer ?? metric.producer ?? metric.broker ?? metric.workload ?? ''})`,
          ),
      ),
    ];
    this.#progress(`alerts that fired: ${names('firing').join(', ') || 'none'}`);
    this.#progress(`alerts whose time was not up: ${names('pending').join(', ') || 'none'}`);
    return [];
  }
}
