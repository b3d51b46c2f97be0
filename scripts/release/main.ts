/** `npm run release`: publishes the packages, all with one version. */
import { join } from 'node:path';
import { UsageError, readOptions } from '../../cli/command-line.ts';
import { command } from '../../cli/command.ts';
import { buildPackages } from '../build-packages.ts';
import { checkEntries, checkTypes, packPackages } from '../pack-packages.ts';
import { run } from '../toolchain.ts';
import { release } from './release.ts';
import { setVersion } from './set-version.ts';

const ROOT = join(import.meta.dirname, '..', '..');

const HELP = `npm run release [-- OPTIONS]

Checks that nothing is uncommitted, that every package.json has the version of the repository, and that
CHANGELOG.md describes it. Builds, packs and checks the packages, and prints what would be published.

  --set-version VERSION   writes the version everywhere instead, and moves unreleased changes to it
  --publish               publishes, each package after those that it depends on
  --dry-run               only prints (default)
  --help                  this text`;

/** Builds, packs and checks every package in build/. */
function pack() {
  const built = join(ROOT, 'build', 'packages');
  buildPackages(built, console.log);
  const packed = packPackages(built, join(ROOT, 'build', 'tarballs'));
  checkEntries(built);
  checkTypes(packed);
  return packed;
}

await command('release', () => {
  const { values } = readOptions(process.argv.slice(2), {
    'set-version': { type: 'string' },
    publish: { type: 'boolean', default: false },
    'dry-run': { type: 'boolean', default: false },
  });
  if (values.help) {
    console.log(HELP);
    return;
  }
  if (values.publish && values['dry-run']) {
    throw new UsageError('--publish and --dry-run exclude each other');
  }
  if (values['set-version'] !== undefined) {
    setVersion(ROOT, values['set-version']);
    console.log('run npm run synth and npm test, and commit what changed');
    return;
  }
  release({
    root: ROOT,
    publish: values.publish,
    pack,
    run: (program, args) => run(program, args, { cwd: ROOT }),
    print: console.log,
    env: process.env,
  });
});
