import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ensureTools } from '../../testkit/tools/index.ts';
import { digits, median } from '../statistics.ts';
import { writeChart } from './chart.ts';
import { type Measurement, measureHelm, measureProgram } from './measure.ts';
import { type Options, SIZES } from './options.ts';

/** What synthesizes: this project, cdk8s alone, and Helm. */
export type Arm = 'platform' | 'raw' | 'helm';

/** What was measured of one size. */
export interface Result {
  readonly consumers: number;
  readonly objects: number;
  readonly bytes: number;
  /** Median times in milliseconds. */
  readonly times: ReadonlyMap<Arm, number>;
}

/** The path of Helm; undefined with a reason where it cannot be had. */
export function findHelm(): string | { readonly missing: string } {
  try {
    return join(ensureTools(['helm']).helm, 'helm');
  } catch (error) {
    return { missing: (error as Error).message.split('\n', 1)[0]! };
  }
}

/** Milliseconds as seconds. */
export function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(2);
}

/** Measures one size: in each round, every arm in its turn. */
async function measureSize(
  consumers: number,
  helm: string | undefined,
  { rounds }: Options,
  folder: string,
  progress: (text: string) => void,
): Promise<Result> {
  const file = join(folder, 'objects.jsonl');
  // Its time does not count: the others need what it writes.
  const { objects, bytes } = await measureProgram('platform', [String(consumers), file], folder);
  const chart = helm === undefined ? '' : writeChart(file, folder);
  const arms: Readonly<Partial<Record<Arm, () => Promise<Measurement>>>> = {
    platform: () => measureProgram('platform', [String(consumers)], folder),
    raw: () => measureProgram('raw', [file], folder),
    ...(helm !== undefined && { helm: () => measureHelm(helm, chart, folder) }),
  };
  const times = new Map<Arm, number[]>();
  for (let round = 1; round <= rounds; round++) {
    for (const [arm, measure] of Object.entries(arms) as [Arm, () => Promise<Measurement>][]) {
      const measured = await measure();
      if (measured.objects !== objects) {
        throw new Error(`${arm} has made ${measured.objects} objects of ${objects}`);
      }
      times.set(arm, [...(times.get(arm) ?? []), measured.milliseconds]);
    }
    const last = [...times].map(([arm, values]) => `${arm} ${seconds(values.at(-1)!)} s`);
    progress(`${digits(consumers)} consumers, round ${round} of ${rounds}: ${last.join(', ')}`);
  }
  return {
    consumers,
    objects,
    bytes,
    times: new Map([...times].map(([arm, values]) => [arm, median(values)])),
  };
}

/** Measures all sizes. */
export async function measureSizes(
  helm: string | undefined,
  options: Options,
  folder: string,
  progress: (text: string) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const consumers of SIZES) {
    const own = join(folder, String(consumers));
    mkdirSync(own);
    results.push(await measureSize(consumers, helm, options, own, progress));
    rmSync(own, { recursive: true });
  }
  return results;
}
