/** `npm run test:package`: what other teams install, in projects of theirs. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { apiReport, REPORTED, reportName, REPORTS } from '../../scripts/api-reports.ts';
import { buildPackages } from '../../scripts/build-packages.ts';
import { command } from '../../scripts/command.ts';
import { PACKAGES } from '../../scripts/packages.ts';
import { table } from '../../scripts/table.ts';
import { run } from '../../scripts/toolchain.ts';
import { PROJECTS } from './projects.ts';
import { tryProject } from './project.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const HELP = `npm run test:package [-- OPTIONS]

Packs every package, looks into what is packed, installs it into empty projects, and runs them.

  --only NAME  ${PROJECTS.map(({ name }) => name).join(', ')} (default: all)
  --keep       leaves the folder with packages and projects
  --help       this text`;

/** What has no place in a package. */
const UNWANTED = /\.test\.|__snapshots__|fixtures|generated\.ts$/;

/** Packs what was built. Returns paths by name. */
function pack(built: string, folder: string): Map<string, string> {
  return new Map(
    PACKAGES.map(({ name, folder: own }) => {
      const answer = run('npm', ['pack', '--json', '--pack-destination', folder], {
        cwd: join(built, own),
      });
      const [{ filename, files }] = JSON.parse(answer) as [
        { filename: string; files: { path: string }[] },
      ];
      const unwanted = files.filter(({ path }) => UNWANTED.test(path));
      if (unwanted.length > 0) {
        throw new Error(`${name} has ${unwanted.map(({ path }) => path).join(', ')} in it`);
      }
      return [name, join(folder, filename)];
    }),
  );
}

/** Paths of this machine have no place in a package either. */
function expectNoPaths(built: string): void {
  const files = readdirSync(built, { recursive: true, encoding: 'utf8' });
  const found = files
    .filter((file) => /\.(js|ts|json|map|md)$/.test(file))
    .filter((file) => readFileSync(join(built, file), 'utf8').includes(ROOT));
  if (found.length > 0) {
    throw new Error(`paths of this machine are in ${found.slice(0, 5).join(', ')}`);
  }
}

await command('test:package', () => {
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
  const projects = PROJECTS.filter(({ name }) => values.only === undefined || name === values.only);
  if (projects.length === 0) {
    throw new Error(
      `no project '${values.only!}': use ${PROJECTS.map(({ name }) => name).join(', ')}`,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-packages-'));
  // Where this runs as root, the PostgreSQL of a project does not, and has to reach its programs.
  chmodSync(folder, 0o755);
  const rows: string[][] = [];
  const failures: string[] = [];
  const attempt = (name: string, shows: string, work: () => void) => {
    const started = performance.now();
    let result = 'ok';
    try {
      work();
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
    const packed = join(folder, 'packed');
    mkdirSync(packed);
    let tarballs = new Map<string, string>();
    attempt('pack', `${PACKAGES.length} packages, without tests and paths`, () => {
      buildPackages(built, () => undefined);
      expectNoPaths(built);
      tarballs = pack(built, packed);
    });
    if (failures.length === 0) {
      attempt('api', 'public names and declarations, as docs/api has them', () => {
        const changed = REPORTED.filter(
          (entry) =>
            apiReport(entry, built) !== readFileSync(join(REPORTS, reportName(entry)), 'utf8'),
        );
        if (changed.length > 0) {
          throw new Error(
            `${changed.map(reportName).join(', ')} in docs/api is not what is built: npm run api, and look at the difference`,
          );
        }
      });
      attempt('publint', 'entries and fields of package.json', () => {
        for (const { folder: own } of PACKAGES) {
          run(join(ROOT, 'node_modules', '.bin', 'publint'), ['--strict', join(built, own)]);
        }
      });
      attempt('attw', 'types under node10, node16 and bundler', () => {
        for (const { name, format } of PACKAGES) {
          run(join(ROOT, 'node_modules', '.bin', 'attw'), [
            tarballs.get(name)!,
            ...(format === 'module' ? ['--profile=esm-only'] : []),
          ]);
        }
      });
      projects.forEach((project) =>
        attempt(project.name, project.shows, () =>
          tryProject(project, join(folder, 'projects', project.name), tarballs),
        ),
      );
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
