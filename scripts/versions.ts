/** `npm run versions`: writes the versions that the platform is built for to docs/versions.md. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { command } from '../cli/command.ts';
import { versionsDocument } from './versions-document.ts';

const HELP = `npm run versions

Writes docs/versions.md from constructs/core/versions.ts and e2e/workarounds/workarounds.ts.

  --help   this text`;

await command('versions', () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(HELP);
  } else {
    writeFileSync(join(import.meta.dirname, '..', 'docs', 'versions.md'), versionsDocument());
    console.log('docs/versions.md written');
  }
});
