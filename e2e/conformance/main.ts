/** `npm run e2e:conformance`: one suite for the sidecar of `event-platform dev` and for daprd. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../../app-images/runtime/testing/postgres.ts';
import { command } from '../../cli/command.ts';
import { UsageError } from '../../cli/command-line.ts';
import { table } from '../../cli/table.ts';
import { stopAll } from '../../testkit/process.ts';
import { startDaprd } from './daprd.ts';
import { startInProcess } from './in-process.ts';
import type { TestedPlatform } from './platform.ts';
import { SUBJECT_NAMES, type Subject, type SubjectName } from './subject.ts';
import { type ConformanceTest, platformOf, Suite } from './suite.ts';
import { TESTS } from './tests/index.ts';

const HELP = `npm run e2e:conformance [-- OPTIONS]

Runs the same tests against the sidecar in this process, on embedded PostgreSQL, and against the pinned daprd
on a real Kafka, with Dapr's scheduler and sentry and a Redis server: order, retries, dead letters, statuses, scopes,
bulk, shutdown, poison, jobs, state, calls of apps.
Fails when one of them does not do what a test says. docs/dev.md lists what differs on purpose.

  --subject A,B   ${SUBJECT_NAMES.join(', ')} (default: both)
  --only TEXT     tests whose name has this text
  --parallel N    tests that run at the same time (default: 4)
  --keep          leaves the folder with logs and data
  --help          this text`;

interface Result {
  readonly subject: SubjectName;
  readonly test: ConformanceTest;
  readonly seconds: number;
  readonly error?: Error;
}

const started = performance.now();

function progress(text: string): void {
  const seconds = ((performance.now() - started) / 1000).toFixed(0).padStart(5);
  console.log(`${seconds} s  ${text}`);
}

/** Starts a subject, and what it needs. */
async function startSubject(
  name: SubjectName,
  folder: string,
  platform: TestedPlatform,
): Promise<Subject> {
  if (name === 'daprd') {
    return startDaprd(folder, platform);
  }
  const postgres = await startPostgres();
  const pool = new pg.Pool({ connectionString: postgres.url, max: 40 });
  // Connections that are closing when the server ends.
  pool.on('error', () => undefined);
  const subject = await startInProcess(pool, platform);
  return {
    ...subject,
    stop: async () => {
      await pool.end();
      await postgres.remove();
    },
  };
}

/** Runs tests on one subject, several at a time. */
async function runOn(
  subject: SubjectName,
  tests: readonly ConformanceTest[],
  folder: string,
  parallel: number,
): Promise<Result[]> {
  const platform = platformOf(tests);
  const suite = await Suite.start(await startSubject(subject, folder, platform), platform, tests);
  progress(`${subject} is up: ${tests.length} tests`);
  const results: Result[] = [];
  const left = [...tests];
  const worker = async (): Promise<void> => {
    for (let test = left.shift(); test !== undefined; test = left.shift()) {
      const began = performance.now();
      const error = await suite.run(test).then(
        () => undefined,
        (reason: unknown) => reason as Error,
      );
      const seconds = (performance.now() - began) / 1000;
      results.push({ subject, test, seconds, ...(error !== undefined && { error }) });
      progress(`${subject}: ${error === undefined ? 'passed' : 'FAILED'}  ${test.name}`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  await suite.stop();
  return results;
}

function chosen<Name extends string>(given: string | undefined, names: readonly Name[]): Name[] {
  const wanted = given?.split(',').map((name) => name.trim()) ?? [...names];
  const unknown = wanted.filter((name) => !names.includes(name as Name));
  if (unknown.length > 0) {
    throw new UsageError(`no subject '${unknown.join("', '")}': use ${names.join(', ')}`);
  }
  return wanted as Name[];
}

/** Prints every test with the seconds that it took on each subject. */
function report(tests: readonly ConformanceTest[], results: readonly Result[]): void {
  const subjects = [...new Set(results.map(({ subject }) => subject))];
  const cell = (test: ConformanceTest, subject: SubjectName) => {
    const found = results.find((result) => result.test === test && result.subject === subject);
    const failed = found?.error === undefined ? '' : 'FAILED ';
    return found === undefined ? '-' : `${failed}${found.seconds.toFixed(1)}`;
  };
  const rows = tests.map((test) => [test.name, ...subjects.map((subject) => cell(test, subject))]);
  console.log(`\n${table(['test', ...subjects.map((name) => `${name} (s)`)], rows, [0])}\n`);
}

await command('e2e:conformance', async () => {
  const { values } = parseArgs({
    options: {
      subject: { type: 'string' },
      only: { type: 'string' },
      parallel: { type: 'string', default: '4' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const tests = TESTS.filter(({ name }) => name.includes(values.only ?? ''));
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-conformance-'));
  const results: Result[] = [];
  try {
    for (const subject of chosen(values.subject, SUBJECT_NAMES)) {
      results.push(
        ...(await runOn(subject, tests, join(folder, subject), Number(values.parallel))),
      );
    }
  } finally {
    await stopAll();
    if (values.keep) {
      console.log(folder);
    } else {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  report(tests, results);
  const failed = results.filter(({ error }) => error !== undefined);
  failed.forEach(({ subject, test, error }) =>
    console.error(`FAILED  ${subject}: ${test.name}\n${error!.message}\n`),
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(`e2e:conformance: ${results.length} tests, ${failed.length} failed, ${seconds} s`);
  process.exitCode = failed.length === 0 && results.length > 0 ? 0 : 1;
});
