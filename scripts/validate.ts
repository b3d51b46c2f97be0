/** `npm run validate`: checks rendered files against the schemas of their kinds. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printableLines } from '@cdk8s-event-platform/contracts/internal';
import { command } from '../cli/command.ts';
import { problemsWithStrimzi } from '../constructs/testing/strimzi-problems.ts';
import { PLATFORMS } from '../charts/systems.ts';
import { Manifests } from './manifests.ts';

const HELP = `npm run validate [-- FOLDER …]

Checks every object of rendered environments against the schema of its kind.

  FOLDER   default: every environment of every system in dist/
  --help   this text`;

const DIST = join(import.meta.dirname, '..', 'dist');

await command('validate', () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) {
    console.log(HELP);
  } else {
    const folders =
      positionals.length > 0 ? positionals : PLATFORMS.map(({ folder }) => join(DIST, folder));
    let objects = 0;
    let problems = 0;
    for (const folder of folders) {
      const manifests = Manifests.read(folder).objects;
      const found = problemsWithStrimzi(manifests);
      found.forEach((problem) => console.error(printableLines(`${folder}: ${problem}`)));
      objects += manifests.length;
      problems += found.length;
    }
    console.log(`${objects} objects in ${folders.length} folders, ${problems} problems`);
    process.exitCode = problems === 0 ? 0 : 1;
  }
});
