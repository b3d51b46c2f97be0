/** `npm run test:package`: what other teams install, in projects of theirs. */
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { apiReport, PUBLIC_ENTRIES, REPORTS } from '../../scripts/api-reports.ts';
import { buildPackages } from '../../scripts/build-packages.ts';
import { UsageError } from '../../cli/command-line.ts';
import { command } from '../../cli/command.ts';
import {
  checkEntries,
  checkTypes,
  packPackages,
  type PackedPackage,
} from '../../scripts/pack-packages.ts';
import { PACKAGES } from '../../scripts/packages.ts';
import { table } from '../../cli/table.ts';
import { PROJECTS } from './projects.ts';
import { tryProject } from './project.ts';

const HELP = `npm run test:package [-- OPTIONS]

Packs every package, looks into what is packed, installs it into empty projects, and runs them. Projects
named pulumi-… run on the tools of \`npm run e2e:pulumi\`, which are built into a cache the first time (needs
Go and etcd).

  --only NAMES some of ${PROJECTS.map(({ name }) => name).join(', ')} (default: all), with commas between
  --keep       leaves the folder with packages and projects
  --help       this text`;

/** Checks one after the other, with their results. */
class Checks {
  public readonly rows: string[][] = [];
  public readonly failures: string[] = [];

  public async run(name: string, shows: string, work: () => void | Promise<void>): Promise<void> {
    const started = performance.now();
    let result = 'ok';
    try {
      await work();
    } catch (error) {
      result = 'FAILED';
      this.failures.push(`${name}: ${(error as Error).message}`);
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(`${name}: ${result}, ${seconds} s`);
    this.rows.push([name, shows, seconds, result]);
  }
}

/** @throws Error that names the reports of docs/api that differ from the built packages. */
function checkApi(built: string): void {
  const changed = PUBLIC_ENTRIES.filter(
    (entry) => apiReport(entry, built) !== readFileSync(join(REPORTS, entry.report), 'utf8'),
  );
  if (changed.length > 0) {
    throw new Error(
      `the packages differ from docs/api in ${changed.map(({ report }) => report).join(', ')}: npm run api, and look at the difference`,
    );
  }
}

/** Packs and checks the packages, and tries projects with them. */
async function checkPackages(
  checks: Checks,
  folder: string,
  projects: typeof PROJECTS,
): Promise<void> {
  const built = join(folder, 'built');
  let packed: PackedPackage[] = [];
  await checks.run('pack', `${PACKAGES.length} packages, without tests and paths`, () => {
    buildPackages(built, () => undefined);
    packed = packPackages(built, join(folder, 'packed'));
  });
  if (checks.failures.length > 0) {
    return;
  }
  await checks.run('api', 'public names and declarations, as docs/api has them', () =>
    checkApi(built),
  );
  await checks.run('publint', 'entries and fields of package.json', () => checkEntries(built));
  await checks.run('attw', 'types under node10, node16 and bundler', () => checkTypes(packed));
  const tarballs = new Map(packed.map(({ name, tarball }) => [name, tarball]));
  for (const project of projects) {
    await checks.run(project.name, project.shows, () =>
      tryProject(project, join(folder, 'projects', project.name), tarballs),
    );
  }
}

await command('test:package', async () => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const wanted = values.only?.split(',');
  const names = PROJECTS.map(({ name }) => name);
  const unknown = wanted?.filter((name) => !names.includes(name)) ?? [];
  if (unknown.length > 0) {
    throw new UsageError(`no project '${unknown.join("', '")}': use ${names.join(', ')}`);
  }
  const projects = PROJECTS.filter(({ name }) => wanted?.includes(name) ?? true);
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-packages-'));
  // PostgreSQL, which does not run as root, is started from packages in it.
  chmodSync(folder, 0o755);
  const checks = new Checks();
  try {
    await checkPackages(checks, folder, projects);
  } finally {
    if (values.keep) {
      console.log(`packages and projects: ${folder}`);
    } else {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const { rows, failures } = checks;
  console.log(`\n${table(['check', 'shows', 'seconds', 'result'], rows, [0, 1, 3])}\n`);
  failures.forEach((failure) => console.error(`FAILED  ${failure}`));
  console.log(`test:package: ${rows.length} checks, ${failures.length} failures`);
  process.exitCode = failures.length === 0 ? 0 : 1;
});
