/** `npm run api`: writes down what each package offers, so that a review shows what changes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { apiReport, REPORTED, reportName, REPORTS } from './api-reports.ts';
import { buildPackages } from './build-packages.ts';
import { command } from './command.ts';

const HELP = `npm run api

Builds the packages, and writes every public name with its declaration to docs/api/. \`npm run test:package\`
compares what is there with what is built.

  --help   this text`;

await command('api', () => {
  const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
  if (values.help) {
    console.log(HELP);
    return;
  }
  const built = mkdtempSync(join(tmpdir(), 'event-platform-built-'));
  try {
    buildPackages(built, console.log);
    mkdirSync(REPORTS, { recursive: true });
    for (const entry of REPORTED) {
      writeFileSync(join(REPORTS, reportName(entry)), apiReport(entry, built));
    }
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
});
