/** `npm run bench:synth`: synthesis of larger and larger platforms, beside cdk8s alone and Helm. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format } from 'prettier';
import { asMarkdown, asText, installed, machine } from '../report.ts';
import { UsageError } from '../usage-error.ts';
import { HELP, type Options, readOptions } from './options.ts';
import { findHelm, measureSizes, type Result } from './rounds.ts';
import { missed, section, summary, verdict } from './verdict.ts';

const README = join(import.meta.dirname, 'README.md');
const started = performance.now();

function progress(text: string): void {
  const elapsed = ((performance.now() - started) / 1000).toFixed(0).padStart(5);
  console.log(`${elapsed} s  ${text}`);
}

/** Helm's path, where it is wanted and can be had. */
function helmOf({ helm }: Options): string | undefined {
  const found = helm ? findHelm() : undefined;
  if (typeof found === 'object') {
    console.log(`without Helm, which cannot be built: ${found.missing}`);
    return undefined;
  }
  return found;
}

async function writeReadme(results: readonly Result[], helm: boolean, args: readonly string[]) {
  const text = [
    '# Synthesis of large platforms\n',
    `Written by \`npm run bench:synth -- ${args.join(' ')}\`, which measured the numbers below.\n`,
    ...machine(`Node ${process.versions.node}, cdk8s ${installed('cdk8s')}`).map(
      (line) => `- ${line}`,
    ),
    '',
    asMarkdown(section(results, helm)),
    `From 100 consumers on: ${summary(verdict(results))}.\n`,
  ].join('\n');
  const options = { parser: 'markdown', singleQuote: true, printWidth: 100 } as const;
  writeFileSync(README, await format(text, options));
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    console.log(HELP);
    return 0;
  }
  const helm = helmOf(options);
  const folder = mkdtempSync(join(tmpdir(), 'event-platform-synth-'));
  try {
    const results = await measureSizes(helm, options, folder, progress);
    if (options.write) {
      await writeReadme(results, helm !== undefined, args);
    }
    const found = verdict(results);
    console.log(`${asText(section(results, helm !== undefined))}\n`);
    missed(found).forEach((text) => console.log(`MISSED  ${text}`));
    console.log(summary(found));
    return missed(found).length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
