import type { Section } from '../report.ts';
import { digits, factor } from '../statistics.ts';
import { exponent } from './exponent.ts';
import { type Arm, type Result, seconds } from './rounds.ts';

/** Sizes from which the exponent is taken: with fewer consumers, most is what any platform has. */
const LEAST_CONSUMERS = 100;
/** What a synthesis may take. */
export const AIMS = { exponent: 1.05, toRaw: 3 } as const;

/** How times grow, and what they are in relation to cdk8s' own. */
export interface Verdict {
  readonly exponent: number;
  /** Of the largest size. */
  readonly toRaw: number;
}

/** What the results say. */
export function verdict(results: readonly Result[]): Verdict {
  const timeOf = ({ times }: Result, arm: Arm) => times.get(arm)!;
  const largest = results.at(-1)!;
  return {
    exponent: exponent(
      results
        .filter(({ consumers }) => consumers >= LEAST_CONSUMERS)
        .map((result) => [result.consumers, timeOf(result, 'platform')] as const),
    ),
    toRaw: timeOf(largest, 'platform') / timeOf(largest, 'raw'),
  };
}

/** The aims that are missed, as text. */
export function missed(found: Verdict): string[] {
  return [
    ...(found.exponent > AIMS.exponent
      ? [`the exponent is ${found.exponent.toFixed(2)}, and at most ${AIMS.exponent} is wanted`]
      : []),
    ...(found.toRaw > AIMS.toRaw
      ? [`synthesis takes ${factor(found.toRaw)} ApiObjects, and at most ${AIMS.toRaw} × is wanted`]
      : []),
  ];
}

/** The last line of a run. */
export function summary(found: Verdict): string {
  return `exponent ${found.exponent.toFixed(2)}, ${found.toRaw.toFixed(2)} × raw`;
}

/** The results as a table. */
export function section(results: readonly Result[], helm: boolean): Section {
  return {
    title: 'Seconds of a synthesis',
    text: `Medians of processes that do nothing else, without their start. \`platform\`: declared and rendered by this project, with contracts compiled and everything checked. \`raw\`: the same objects as cdk8s' \`ApiObject\`s, in an \`App\` with one \`Chart\`, by \`synthYaml\`. ${helm ? '`helm`: the same objects as templates, by `helm template`.' : 'Helm was left out.'} Each consumer has a topic and a contract of its own, and ten of them a producer.`,
    head: ['consumers', 'objects', 'MB', 'platform', 'raw', ...(helm ? ['helm'] : []), 'to raw'],
    rows: results.map(({ consumers, objects, bytes, times }) => [
      digits(consumers),
      digits(objects),
      (bytes / 1e6).toFixed(1),
      seconds(times.get('platform')!),
      seconds(times.get('raw')!),
      ...(helm ? [seconds(times.get('helm')!)] : []),
      factor(times.get('platform')! / times.get('raw')!),
    ]),
  };
}
