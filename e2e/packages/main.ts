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
  const rows: string[][] = [];
  const failures: string[] = [];
  const attempt = async (name: string, shows: string, work: () => void | Promise<void>) => {
    const started = performance.now();
    let result = 'ok';
    try {
      await work();
    } catch (error) {
      result = 'FAILED';
      failures.push(`${name}: ${(error as Error).message}`);
    }
    const seconds = ((performance.now() - started) / 1000).toFixed(0);
    console.log(`${name}: ${result}, ${seconds} s`);
    rows.push([name, shows, seconds, result]);
  };
  try {
    const built = join(folder, 'built');
    let packed: PackedPackage[] = [];
    await attempt('pack', `${PACKAGES.length} packages, without tests and paths`, () => {
      buildPackages(built, () => undefined);
      packed = packPackages(built, join(folder, 'packed'));
    });
    if (failures.length === 0) {
      await attempt('api', 'public names and declarations, as docs/api has them', () => {
        const changed = PUBLIC_ENTRIES.filter(
          (entry) => apiReport(entry, built) !== readFileSync(join(REPORTS, entry.report), 'utf8'),
        );
        if (changed.length > 0) {
          throw new Error(
            `the packages differ from docs/api in ${changed.map(({ report }) => report).join(', ')}: npm run api, and look at the difference`,
          );
        }
      });
      await attempt('publint', 'entries and fields of package.json', () => checkEntries(built));
      await attempt('attw', 'types under node10, node16 and bundler', () => checkTypes(packed));
      const tarballs = new Map(packed.map(({ name, tarball }) => [name, tarball]));
      for (const project of projects) {
        await attempt(project.name, project.shows, () =>
          tryProject(project, join(folder, 'projects', project.name), tarballs),
        );
      }
    }
  } finally {
    if (values.keep) {
      console.log(`packages and projects: ${folder}`);
    } else {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  console.log(`\n${table(['check', 'shows', 'seconds', 'result'], rows, [0, 1, 3])}\n`);
  failures.forEach((failure) => console.error(`FAILED  ${failure}`));
  console.log(`test:package: ${rows.length} checks, ${failures.length} failures`);
  process.exitCode = failures.length === 0 ? 0 : 1;
});
