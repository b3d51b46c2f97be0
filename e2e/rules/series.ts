import type { InputSeries } from './scenario.ts';

/** Labels of a series. */
export type Labels = Readonly<Record<string, string>>;

/** What a query asks of a metric: the labels that it selects it by, where they are equalities. */
export function selected(expr: string, metric: string): Labels {
  const found = new RegExp(`(?<![a-z_:])${metric}\\{([^}]*)\\}`).exec(expr);
  if (found === null) {
    throw new Error(`the query does not read ${metric}: ${expr}`);
  }
  return Object.fromEntries(
    [...found[1]!.matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label!, value!]),
  );
}

/** Whether a query reads a metric. */
export function reads(expr: string, metric: string): boolean {
  return expr.includes(`${metric}{`);
}

/** A series with its values. */
export function series(metric: string, labels: Labels, values: string): InputSeries {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return { series: `${metric}{${pairs.join(',')}}`, values };
}

/** A value, or the growth of a counter, and for how many samples. */
export type Phase = readonly [value: number, samples: number];

function repeated(value: number, samples: number): string {
  return samples === 1 ? String(value) : `${value}x${samples - 1}`;
}

/** A gauge that has each value for a number of samples. */
export function gauge(...phases: readonly Phase[]): string {
  return phases
    .filter(([, samples]) => samples > 0)
    .map(([value, samples]) => repeated(value, samples))
    .join(' ');
}

/** A gauge that ends, as those of a pod do that is deleted. */
export function ending(...phases: readonly Phase[]): string {
  return `${gauge(...phases)} stale`;
}

/** A counter that starts at 0 and grows by each amount at each of a number of samples. */
export function counter(...phases: readonly Phase[]): string {
  const runs: { growth: number; samples: number }[] = [];
  for (const [growth, samples] of phases) {
    const last = runs.at(-1);
    if (last?.growth === growth) {
      last.samples += samples;
    } else if (samples > 0) {
      runs.push({ growth, samples });
    }
  }
  const parts = ['0'];
  let value = 0;
  for (const { growth, samples } of runs) {
    parts.push(`${value + growth}+${growth}x${samples - 1}`);
    value += growth * samples;
  }
  return parts.join(' ');
}

/** Seconds as the template function `humanizeDuration` prints them. */
export function humanDuration(seconds: number): string {
  if (seconds < 60) {
    return `${Number(seconds.toPrecision(4))}s`;
  }
  const whole = Math.trunc(seconds);
  const parts: readonly (readonly [string, number])[] = [
    ['d', Math.trunc(whole / 86_400)],
    ['h', Math.trunc(whole / 3_600) % 24],
    ['m', Math.trunc(whole / 60) % 60],
    ['s', whole % 60],
  ];
  const from = parts.findIndex(([, count]) => count > 0);
  return parts
    .slice(from)
    .map(([unit, count]) => `${count}${unit}`)
    .join(' ');
}

/** A ratio as the template function `humanizePercentage` prints it. */
export function percentage(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(4))}%`;
}
