import { join } from 'node:path';
import { mutations } from './mutations.ts';
import {
  alertIdentity,
  checkRules,
  runTests,
  type UnitTest,
  writeRules,
  writeTests,
} from './promtool.ts';
import { type AlertingRule, alertsOf, type RuleGroup, type RuleSet } from './rule-sets.ts';
import { SCENARIOS } from './scenarios/index.ts';

/** What a check came to. */
export interface RulesResult {
  readonly ruleFiles: number;
  /** Alerts that were tested. */
  readonly alerts: number;
  readonly unitTests: number;
  readonly mutants: number;
  readonly failures: readonly string[];
}

/** Settings of {@link checkSets}. */
export interface CheckOptions {
  /** Whether groups are tested that differ from a tested one in the name of their app only. */
  readonly everyApp: boolean;
  readonly progress: (text: string) => void;
}

/** A group, and a name for its files. */
interface NamedGroup {
  readonly name: string;
  readonly group: RuleGroup;
}

/** The groups of all sets, those that are the same once. */
function distinct(
  sets: readonly RuleSet[],
  shape: (group: RuleGroup) => string = (group) => JSON.stringify(group),
): NamedGroup[] {
  const found = new Map<string, NamedGroup>();
  for (const set of sets) {
    for (const group of set.groups) {
      const key = shape(group);
      if (!found.has(key)) {
        found.set(key, { name: `${set.name}.${group.name}`, group });
      }
    }
  }
  return [...found.values()];
}

/** What rules have in common that differ in the name of their app only. */
function anonymous(rules: unknown, alerts: readonly AlertingRule[]): string {
  const apps = alerts.flatMap(({ labels }) => [labels.consumer, labels.workload]);
  const app = apps.find((name) => name !== undefined);
  const text = JSON.stringify(rules);
  return app === undefined ? text : text.replaceAll(app, '<app>');
}

/** What groups have in common that differ in the name of their app only. */
function withoutApp(group: RuleGroup): string {
  return anonymous(group, alertsOf(group));
}

/** The tests of a group. What has no scenario, or one kind of them only, is a failure. */
function testsOf({ name, group }: NamedGroup): {
  readonly tests: UnitTest[];
  readonly failures: string[];
} {
  const failures: string[] = [];
  const tests = alertsOf(group).flatMap((alert) => {
    const identity = `${name}: ${alertIdentity(alert)}`;
    const make = SCENARIOS[alert.alert];
    if (make === undefined) {
      failures.push(`${identity} has no scenario: add ${alert.alert} to e2e/rules/scenarios`);
      return [];
    }
    const own = make(alert, group).map((scenario) => ({ alert, scenario }));
    const checks = own.flatMap(({ scenario }) => scenario.checks);
    const fires = checks.filter(({ firing }) => firing.some((one) => one.alert === alert)).length;
    if (fires === 0) {
      failures.push(`${identity} has no scenario that fires it`);
    }
    if (fires === checks.length) {
      failures.push(`${identity} has no scenario in which it is quiet`);
    }
    return own;
  });
  return { tests, failures };
}

/** Whether a failed test of an alert says that this alert was not as expected. */
function notices(output: string, alert: UnitTest['alert']): boolean {
  return output
    .split('    name: ')
    .some(
      (block) =>
        block.startsWith(`${alertIdentity(alert)}: `) &&
        block.includes(`alertname: ${alert.alert},`),
    );
}

/** Changes each comparison of each alert; what no test noticed, and how many changes there were. */
async function survivors(
  groups: readonly NamedGroup[],
  folder: string,
): Promise<{ readonly failures: string[]; readonly mutants: number }> {
  const seen = new Set<string>();
  /** The alerts of a group that no group before it has. */
  const unseen = (group: RuleGroup) =>
    alertsOf(group).filter((alert) => {
      const { expr, labels } = alert;
      const key = anonymous([expr, labels], [alert]);
      return !seen.has(key) && seen.add(key);
    });
  const runs = groups.flatMap((named) =>
    mutations(named.group, unseen(named.group)).map((mutant, index) => {
      const name = `${named.name}.mutant-${index}`;
      const { tests } = testsOf(named);
      writeRules(join(folder, `${name}.rules.json`), [mutant.group]);
      const files = writeTests(
        folder,
        name,
        named.group,
        tests.filter(({ alert }) => mutant.changed.includes(alert)),
        mutant.changed,
      );
      return { ...mutant, name, files };
    }),
  );
  const failed = await runTests(
    runs.flatMap(({ files }) => files),
    folder,
  );
  const failures = runs.flatMap(({ name, files, changed, description }) => {
    const output = files.map((file) => failed.get(file) ?? '').join('\n');
    return changed
      .filter((alert) => !notices(output, alert))
      .map((alert) => `${name}: no test of ${alertIdentity(alert)} notices ${description}`);
  });
  return { failures, mutants: runs.reduce((sum, { changed }) => sum + changed.length, 0) };
}

/** Lets the tool check and test every rule, and tests whether the tests notice what is wrong. */
export async function checkSets(
  sets: readonly RuleSet[],
  folder: string,
  options: CheckOptions,
): Promise<RulesResult> {
  const { progress } = options;
  const failures: string[] = [];
  for (const { name, groups } of sets) {
    const file = `${name}.rules.json`;
    writeRules(join(folder, file), groups);
    const problem = await checkRules(file, folder);
    if (problem !== undefined) {
      failures.push(`${name}: ${problem}`);
    }
  }
  progress(`rules of ${sets.map(({ name }) => name).join(', ')} checked`);

  const groups = options.everyApp ? distinct(sets) : distinct(sets, withoutApp);
  let unitTests = 0;
  const files = groups.flatMap((named) => {
    const { tests, failures: missing } = testsOf(named);
    failures.push(...missing);
    unitTests += tests.length;
    writeRules(join(folder, `${named.name}.rules.json`), [named.group]);
    return writeTests(folder, named.name, named.group, tests);
  });
  for (const [file, output] of await runTests(files, folder)) {
    failures.push(`${file}:\n${output}`);
  }
  progress(`${unitTests} unit tests of ${groups.length} different groups run`);

  const mutated = await survivors(distinct(sets, withoutApp), folder);
  failures.push(...mutated.failures);
  progress(`${mutated.mutants} changed comparisons tried`);
  return {
    ruleFiles: sets.length,
    alerts: groups.reduce((sum, { group }) => sum + alertsOf(group).length, 0),
    unitTests,
    mutants: mutated.mutants,
    failures,
  };
}
