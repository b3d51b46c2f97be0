/** `npm run validate`: checks rendered files against the schemas of their kinds. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { printableLines } from '@cdk8s-event-platform/contracts/internal';
import { manifestSchemaProblems } from '../constructs/testing/index.ts';
import { command } from '../cli/command.ts';
import { Manifests } from './manifests.ts';

const HELP = `npm run validate [-- FOLDER …]

Checks every object of rendered environments against the schema of its kind. Unknown fields are
found in Dapr's resources only; \`npm run e2e\` finds them everywhere.

  FOLDER   default: every folder of dist/
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
      positionals.length > 0 ? positionals : readdirSync(DIST).map((name) => join(DIST, name));
    let objects = 0;
    let problems = 0;
    for (const folder of folders) {
      for (const object of Manifests.read(folder).objects) {
        objects++;
        for (const problem of manifestSchemaProblems(object)) {
          problems++;
          console.error(printableLines(`${folder}: ${problem}`));
        }
      }
    }
    console.log(`${objects} objects in ${folders.length} folders, ${problems} problems`);
    process.exitCode = problems === 0 ? 0 : 1;
  }
});
