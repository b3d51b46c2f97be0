/** `npm run test:rules`: checks every rule file, and tests every alert, with Prometheus' own tool. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { command } from '../../cli/command.ts';
import { requireCommand } from '../../scripts/toolchain.ts';
import { checkSets } from './check.ts';
import { ruleSets } from './rule-sets.ts';

const HELP = `npm run test:rules [-- OPTIONS]

Has promtool check the rules of dist/ and of the task platform with each other broker, and test each
alert by scenarios: series that fire it, and series that must not. Then each comparison of each alert
is inverted, and made ten times as large: a test must notice. Rules that several platforms or
consumers have alike, but for the name of the app, are tested once.

  --only NAME  one environment, or with another broker: production, local-rabbitmq, …
  --every-app  tests the rules of each app, also where they differ in its name only
  --keep       leaves the folder with rule files and tests
  --help       this text`;

const started = performance.now();

function seconds(): string {
  return ((performance.now() - started) / 1000).toFixed(0);
}

await command('test:rules', async () => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      'every-app': { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  requireCommand('promtool');
  const all = ruleSets();
  const sets = all.filter(({ name }) => values.only === undefined || name === values.only);
  if (sets.length === 0) {
    const names = all.map(({ name }) => name).join(', ');
    throw new Error(`--only '${values.only!}' is not known: use one of ${names}`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-rules-'));
  try {
    const { ruleFiles, alerts, unitTests, mutants, failures } = await checkSets(sets, folder, {
      everyApp: values['every-app'],
      progress: (text) => console.log(`${seconds().padStart(5)} s  ${text}`),
    });
    failures.forEach((failure) => console.error(`FAILED  ${failure}`));
    console.log(
      `test:rules: ${ruleFiles} rule files, ${alerts} alerts, ${unitTests} unit tests, ${mutants} mutants, ${failures.length} failures, ${seconds()} s`,
    );
    process.exitCode = failures.length === 0 ? 0 : 1;
  } finally {
    if (values.keep) {
      console.log(`rule files and tests: ${folder}`);
    } else {
      rmSync(folder, { recursive: true, force: true });
    }
  }
});
