/** `npm run e2e:workarounds`: whether the faults of Dapr that the platform works around are still there. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { VERSIONS } from '../../constructs/core/versions.ts';
import { command } from '../../cli/command.ts';
import { table } from '../../cli/table.ts';
import { type BrokerName, BROKERS } from '../../testkit/brokers/index.ts';
import { RABBITMQ_PROGRAMS } from '../../testkit/brokers/rabbitmq.ts';
import { stopAll } from '../../testkit/process.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import type { Observation } from './experiment.ts';
import { EXPERIMENTS } from './experiments.ts';
import { Lab } from './lab.ts';
import { verdictOf } from './verdict.ts';
import { type Workaround, type WorkaroundName, WORKAROUNDS } from './workarounds.ts';

const NAMES = WORKAROUNDS.map(({ name }) => name);
const LIST: readonly Workaround[] = WORKAROUNDS;

const HELP = `npm run e2e:workarounds [-- OPTIONS]

Brings about each fault of Dapr that the platform works around, on a real daprd and a real broker, without
the workaround and with it. Fails when a fault does not show any more: then its workaround can go. Run it
after another version of Dapr was pinned in constructs/core/versions.ts.

  --only A,B   ${NAMES.slice(0, 5).join(', ')},
               ${NAMES.slice(5).join(', ')}
               (default: all but ${LIST.filter(({ slow }) => slow === true)
                 .map(({ name }) => name)
                 .join(', ')}, which takes minutes)
  --all        those that take minutes, too
  --keep       leaves the folder with logs and data
  --help       this text`;

const started = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

function chosen(only: string | undefined, all: boolean): readonly Workaround[] {
  const wanted = only?.split(',').map((name) => name.trim());
  const unknown = wanted?.filter((name) => !NAMES.includes(name as WorkaroundName)) ?? [];
  if (unknown.length > 0) {
    throw new Error(`no workaround '${unknown.join("', '")}': use ${NAMES.join(', ')}`);
  }
  return LIST.filter(({ name, slow }) => wanted?.includes(name) ?? (all || slow !== true));
}

/** The version that a program reports. */
function versionOf(program: string, argument: string): string {
  try {
    const said = execFileSync(program, [argument], { encoding: 'utf8', stdio: 'pipe' });
    return /\d+\.\d+\.\d+/.exec(said)?.[0] ?? said.trim();
  } catch {
    return 'not installed';
  }
}

function experimentOf({ name }: Workaround) {
  return EXPERIMENTS[name as WorkaroundName];
}

interface Outcome {
  readonly workaround: Workaround;
  readonly observed: Observation | Error;
  readonly seconds: number;
}

/** All experiments on one broker, which is started once. */
async function runOn(
  broker: BrokerName,
  workarounds: readonly Workaround[],
  folder: string,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  try {
    const apps = workarounds.flatMap((workaround) => experimentOf(workaround).apps);
    progress(`${BROKERS[broker].description} …`);
    const lab = await Lab.start(broker, apps, join(folder, broker));
    for (const workaround of workarounds) {
      const { name, fault } = workaround;
      progress(`${name}: ${fault} …`);
      const began = performance.now();
      const observed = await experimentOf(workaround)
        .run(lab)
        .catch((error: unknown) => error as Error);
      progress(
        `   ${observed instanceof Error ? `not carried out: ${observed.message}` : observed.without.summary}`,
      );
      await lab.stopPods();
      outcomes.push({ workaround, observed, seconds: (performance.now() - began) / 1000 });
    }
  } catch (error) {
    // What could not be tried for want of the broker.
    const untried = workarounds.slice(outcomes.length);
    progress(`${broker}: ${(error as Error).message}`);
    outcomes.push(
      ...untried.map((workaround) => ({ workaround, observed: error as Error, seconds: 0 })),
    );
  } finally {
    await stopAll();
  }
  return outcomes;
}

await command('e2e:workarounds', async () => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      all: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const workarounds = chosen(values.only, values.all);
  const { dapr } = ensureTools(['dapr']);
  // The version that daprd reports.
  const version = versionOf(join(dapr, 'daprd'), '--version');
  const rabbitMq = versionOf(join(RABBITMQ_PROGRAMS, 'rabbitmqctl'), 'version');
  console.log(
    `daprd ${version}; Kafka ${VERSIONS.kafka}, NATS ${VERSIONS.nats}, RabbitMQ ${rabbitMq}, Redis ${versionOf('redis-server', '--version')}`,
  );
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-workarounds-'));
  const outcomes: Outcome[] = [];
  for (const broker of new Set(workarounds.map((each) => experimentOf(each).broker))) {
    const here = workarounds.filter((each) => experimentOf(each).broker === broker);
    outcomes.push(...(await runOn(broker, here, folder)));
  }
  if (values.keep) {
    console.log(`logs: ${folder}`);
  } else {
    rmSync(folder, { recursive: true, force: true });
  }
  const problems: string[] = [];
  const rows = outcomes.map(({ workaround, observed, seconds }) => {
    const { result, problem } = verdictOf(workaround, observed, version);
    problems.push(...(problem === undefined ? [] : [problem]));
    const observation = observed instanceof Error ? undefined : observed;
    return [
      workaround.name,
      result,
      observation?.without.summary ?? '-',
      observation?.with?.summary ?? '-',
      seconds.toFixed(0),
    ];
  });
  const head = ['fault', 'workaround is', 'without it', 'with it', 'seconds'];
  console.log(`\n${table(head, rows, [0, 1, 2, 3])}\n`);
  problems.forEach((problem) => console.error(`FAILED  ${problem}`));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `e2e:workarounds: ${outcomes.length} faults with daprd ${version}, ${problems.length === 0 ? 'all still there and worked around' : `${problems.length} to look at`}, ${seconds} s`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
});
