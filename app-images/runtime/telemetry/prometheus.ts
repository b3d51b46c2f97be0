/** Values of a metric's labels. */
export type Labels = Readonly<Record<string, string>>;

/** One metric in the text format. */
interface Metric {
  lines(): string[];
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escape(text)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}`;
}

function head(name: string, help: string, type: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

/** Values by their labels. */
class Series<Value> {
  readonly #series = new Map<string, { readonly labels: Labels; value: Value }>();

  /** The series of these labels, made when it is not there. */
  public of(labels: Labels, initial: () => Value): { value: Value } {
    const key = Object.values(labels).join('\u0000');
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels, value: initial() };
      this.#series.set(key, series);
    }
    return series;
  }

  public clear(): void {
    this.#series.clear();
  }

  public entries(): { readonly labels: Labels; readonly value: Value }[] {
    return [...this.#series.values()];
  }
}

/** A number that only grows. */
export class Counter implements Metric {
  readonly #series = new Series<number>();

  public constructor(
    private readonly name: string,
    private readonly help: string,
  ) {}

  /** Adds to the series of these labels. Give the labels in the same order each time. */
  public add(labels: Labels, count = 1): void {
    this.#series.of(labels, () => 0).value += count;
  }

  public lines(): string[] {
    const samples = this.#series
      .entries()
      .map(({ labels, value }) => sample(this.name, labels, value));
    return [...head(this.name, this.help, 'counter'), ...samples];
  }
}

/** A number that goes up and down. */
export class Gauge implements Metric {
  readonly #series = new Series<number>();

  public constructor(
    private readonly name: string,
    private readonly help: string,
  ) {}

  /** Replaces all series. */
  public replace(values: readonly (readonly [Labels, number])[]): void {
    this.#series.clear();
    for (const [labels, value] of values) {
      this.#series.of(labels, () => 0).value = value;
    }
  }

  public lines(): string[] {
    const samples = this.#series
      .entries()
      .map(({ labels, value }) => sample(this.name, labels, value));
    return [...head(this.name, this.help, 'gauge'), ...samples];
  }
}

/** How often values fell below certain bounds. */
export class Histogram implements Metric {
  readonly #series = new Series<{ readonly buckets: number[]; sum: number; count: number }>();

  public constructor(
    private readonly name: string,
    private readonly help: string,
    private readonly bounds: readonly number[],
  ) {}

  /** Notes a value, `count` times. */
  public observe(labels: Labels, value: number, count = 1): void {
    const series = this.#series.of(labels, () => ({
      buckets: this.bounds.map(() => 0),
      sum: 0,
      count: 0,
    })).value;
    series.sum += value * count;
    series.count += count;
    const first = this.bounds.findIndex((bound) => value <= bound);
    if (first >= 0) {
      series.buckets[first]! += count;
    }
  }

  public lines(): string[] {
    const samples = this.#series.entries().flatMap(({ labels, value }) => {
      let below = 0;
      return [
        ...this.bounds.map((bound, index) => {
          below += value.buckets[index]!;
          return sample(`${this.name}_bucket`, { ...labels, le: String(bound) }, below);
        }),
        sample(`${this.name}_bucket`, { ...labels, le: '+Inf' }, value.count),
        sample(`${this.name}_sum`, labels, value.sum),
        sample(`${this.name}_count`, labels, value.count),
      ];
    });
    return [...head(this.name, this.help, 'histogram'), ...samples];
  }
}

/** Content type of {@link prometheusText}. */
export const PROMETHEUS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Metrics in the Prometheus text format.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusText(metrics: readonly Metric[]): string {
  return `${metrics.flatMap((metric) => metric.lines()).join('\n')}\n`;
}
