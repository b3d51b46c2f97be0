/** `npm run test:dev`: what somebody sees who has Node and nothing else. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { command } from '../../cli/command.ts';
import { buildPackages } from '../../scripts/build-packages.ts';
import { packPackages } from '../../scripts/pack-packages.ts';
import { tryFaults } from './faults.ts';
import { firstEvent, type Times } from './first-event.ts';
import type { LocalRun } from './local-run.ts';
import { Newcomer } from './newcomer.ts';
import { chromiumPath, tryPage } from './page.ts';
import { tryRealParts } from './real-parts.ts';

const HELP = `npm run test:dev [-- OPTIONS]

Packs the packages, creates a project in an empty folder with Node alone, runs it by \`npm run dev\`, edits it, puts
faults upon it, and looks at its page in Chromium (apt-get install -y chromium).

  --screenshots FOLDER  writes pictures of the page
  --dapr                only runs the task platform by the real daprd on a real Kafka (built into a cache: Go, Java, Maven)
  --no-page             does not look at the page
  --keep                leaves the folder
  --help                this text`;

const started = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - started) / 1_000).toFixed(0).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1]!;
}

function printTimes({
  create,
  install,
  firstEvent: first,
  secondStart,
  edits,
  chart,
}: Times): void {
  const rows: readonly (readonly [string, number])[] = [
    ['npm create', create],
    ['npm install', install],
    ['npm run dev to the first effect, new database', first],
    ['from nothing to the first effect', create + install + first],
    ['npm run dev to an effect, second start', secondStart],
    ['saved chart to the platform that it declares', chart],
    ['saved file to an effect of the new code, median', median(edits)],
  ];
  for (const [what, seconds] of rows) {
    console.log(`${what.padEnd(50)} ${seconds.toFixed(1).padStart(6)} s`);
  }
  console.log(`edits: ${edits.map((seconds) => seconds.toFixed(2)).join(', ')} s`);
}

/** Puts faults upon a run, and looks at its page. @returns what is wrong. */
async function tryRun(
  run: LocalRun,
  { page, screenshots }: { readonly page: boolean; readonly screenshots: string | undefined },
): Promise<string[]> {
  progress('faults');
  const { orders, lost, doubled, kills } = await tryFaults(run);
  console.log(`faults: ${orders} orders, ${kills} kills, lost ${lost}, doubled ${doubled}`);
  const failures = lost + doubled === 0 ? [] : [`lost ${lost}, doubled ${doubled}`];
  if (page) {
    progress('page');
    const { looks, violations, problems } = await tryPage(run, screenshots);
    console.log(
      `page: ${looks} looks, ${violations.length} violations, ${problems.length} problems`,
    );
    failures.push(...violations, ...problems);
  }
  return failures;
}

await command('test:dev', async () => {
  const { values } = parseArgs({
    options: {
      screenshots: { type: 'string' },
      dapr: { type: 'boolean', default: false },
      'no-page': { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (values.dapr) {
    const { tasks, lost, doubled, mails, broker } = await tryRealParts(progress);
    const verdict = `lost ${lost}, doubled ${doubled}, ${mails} mails`;
    console.log(`real parts: ${tasks} tasks by daprd on ${broker}: ${verdict}`);
    process.exitCode = lost + doubled === 0 && mails === tasks ? 0 : 1;
    return;
  }
  if (!values['no-page']) {
    chromiumPath();
  }
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-newcomer-'));
  chmodSync(folder, 0o755);
  let run: LocalRun | undefined;
  try {
    progress('packing the packages');
    buildPackages(join(folder, 'built'), () => undefined);
    const packed = packPackages(join(folder, 'built'), join(folder, 'packed'));
    const tarballs = new Map(packed.map(({ name, tarball }) => [name, tarball]));
    const home = join(folder, 'home');
    const first = await firstEvent(new Newcomer(home), home, tarballs, progress);
    ({ run } = first);
    printTimes(first.times);
    const failures = await tryRun(run, {
      page: !values['no-page'],
      screenshots: values.screenshots,
    });
    failures.forEach((failure) => console.error(`FAILED  ${failure}`));
    console.log(`test:dev: ${failures.length} failures`);
    process.exitCode = failures.length === 0 ? 0 : 1;
  } catch (error) {
    console.error(run?.output.split('\n').slice(-30).join('\n'));
    throw error;
  } finally {
    await run?.stop();
    if (values.keep) {
      console.log(`everything is in ${folder}`);
    } else {
      rmSync(folder, { recursive: true, force: true });
    }
  }
});
