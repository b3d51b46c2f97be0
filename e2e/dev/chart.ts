import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StatusView } from '../../dev/api/types.ts';
import { until } from '../../testkit/until.ts';
import type { LocalRun } from './local-run.ts';
import { TOPIC } from './shop.ts';

/** Seconds for the platform to start again. */
const PATIENCE = 60;
const PARTITIONS = 'partitions: 6';

async function statusIs(
  run: LocalRun,
  what: string,
  holds: (status: StatusView) => boolean,
): Promise<void> {
  await until(
    what,
    PATIENCE,
    async () => {
      // It does not answer while it starts again.
      const status = await run.api<StatusView>('status').catch(() => undefined);
      return status !== undefined && holds(status);
    },
    50,
  );
}

/**
 * Changes the chart of a project that runs: a mistake changes nothing and is shown, more partitions are there soon.
 *
 * @returns seconds from the saved chart until the topic has its partitions.
 */
export async function changeChart(run: LocalRun, folder: string): Promise<number> {
  const file = join(folder, 'charts', 'platform.ts');
  const source = readFileSync(file, 'utf8');
  if (!source.includes(PARTITIONS)) {
    throw new Error(`${file} does not contain '${PARTITIONS}'`);
  }
  const partitions = ({ topics }: StatusView) =>
    topics.find(({ topic }) => topic === TOPIC)!.partitions;
  writeFileSync(file, source.replace(PARTITIONS, 'partitions: 0'));
  await statusIs(run, 'the page shows the mistake', ({ problems }) =>
    problems.some((problem) => problem.includes('maxReplicas (0)')),
  );
  const started = performance.now();
  writeFileSync(file, source.replace(PARTITIONS, 'partitions: 7'));
  await statusIs(
    run,
    'the topic has 7 partitions, and no mistake is shown',
    (status) => partitions(status) === 7 && status.problems.length === 0,
  );
  return (performance.now() - started) / 1_000;
}
