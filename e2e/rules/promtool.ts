import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { MissingToolchainError } from '../../scripts/toolchain.ts';
import { type AlertingRule, alertsOf, type RuleGroup } from './rule-sets.ts';
import { printed, type Scenario } from './scenario.ts';

/** What a run of the tool came to. */
interface Outcome {
  readonly ok: boolean;
  readonly output: string;
}

function promtool(args: readonly string[], cwd: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn('promtool', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    child.stderr.on('data', (data: Buffer) => (output += data.toString()));
    child.on('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ENOENT' ? new MissingToolchainError('promtool') : error),
    );
    child.on('close', (code) => resolve({ ok: code === 0, output }));
  });
}

/** Writes groups as a rule file. The tool reads JSON, which is YAML. */
export function writeRules(file: string, groups: readonly RuleGroup[]): void {
  writeFileSync(file, JSON.stringify({ groups }, undefined, 2));
}

/** What is wrong with a rule file; undefined when nothing is. */
export async function checkRules(file: string, folder: string): Promise<string | undefined> {
  const { ok, output } = await promtool(
    ['check', 'rules', '--lint=all', '--lint-fatal', file],
    folder,
  );
  return ok ? undefined : output.trim();
}

/** A scenario, and the alert that it is about. */
export interface UnitTest {
  readonly alert: AlertingRule;
  readonly scenario: Scenario;
}

/** Name of a test, which its failures carry. */
function testName({ alert, scenario }: UnitTest): string {
  return `${alertIdentity(alert)}: ${scenario.title}`;
}

/** Tells alerts of one name apart. */
export function alertIdentity({ alert, labels }: AlertingRule): string {
  return `${alert}{${Object.values(labels).join(',')}}`;
}

/**
 * Writes tests of a group in the form of the tool, one file for each time between evaluations. A file
 * names the rules as `<name>.rules.json`.
 *
 * @param watched alerts of which nothing but what a scenario fires may fire. @default - all of the group
 */
export function writeTests(
  folder: string,
  name: string,
  group: RuleGroup,
  tests: readonly UnitTest[],
  watched: readonly AlertingRule[] = alertsOf(group),
): string[] {
  const names = [...new Set(watched.map(({ alert }) => alert))];
  const every = [...new Set(tests.map(({ scenario }) => scenario.every ?? 1))];
  return every.map((minutes) => {
    const own = tests
      .filter(({ scenario }) => (scenario.every ?? 1) === minutes)
      .map((test) => ({
        name: testName(test),
        interval: `${test.scenario.interval ?? 1}m`,
        input_series: test.scenario.series,
        alert_rule_test: test.scenario.checks.flatMap(({ at, firing }) =>
          names.map((alertname) => ({
            eval_time: `${at}m`,
            alertname,
            exp_alerts: firing
              .filter(({ alert }) => alert.alert === alertname)
              .map(({ alert, labels, prints }) => ({
                exp_labels: { ...labels, ...alert.labels },
                exp_annotations: {
                  ...alert.annotations,
                  summary: printed(alert.annotations.summary!, prints),
                },
              })),
          })),
        ),
      }));
    const content = {
      rule_files: [`${name}.rules.json`],
      evaluation_interval: `${minutes}m`,
      tests: own,
    };
    const file = `${name}.every-${minutes}m.test.json`;
    writeFileSync(join(folder, file), JSON.stringify(content, undefined, 1));
    return file;
  });
}

/** Runs test files, as many at once as there are processors; what each said that failed, by file. */
export async function runTests(
  files: readonly string[],
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const waiting = [...files];
  const failed = new Map<string, string>();
  const worker = async () => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const { ok, output } = await promtool(['test', 'rules', file], folder);
      if (!ok) {
        failed.set(file, output.trim());
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker));
  return failed;
}
