/** `npm run build:images`: bundles each image's program to `app-images/<image>/build/main.js`. */
import { globSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { main } from '../cli/event-platform.ts';
import { buildApp } from '../cli/build-app.ts';
import { command } from '../cli/command.ts';
import { readOptions, UsageError } from '../cli/command-line.ts';

const HELP = `npm run build:images [-- IMAGE …]

Bundles images to app-images/<image>/build/main.js by \`event-platform build\`, ready for \`node main.js\` and
for the Dockerfile. Without names, all images.

  --help   this text`;

const FOLDER = import.meta.dirname;

/** Folders with a program to bundle, e.g. `tasks/producer`. */
export function imageNames(): string[] {
  return globSync(['*/main.ts', '*/*/main.ts'], { cwd: FOLDER, exclude: ['**/node_modules/**'] })
    .map((file) => dirname(file))
    .sort();
}

/** Bundles one image, with its command where it has one, and returns the path of its program. */
export function buildImage(name: string): Promise<string> {
  return buildApp(join(FOLDER, name));
}

async function buildImages(args: readonly string[]): Promise<void> {
  const { values, positionals } = readOptions(args, {});
  if (values.help) {
    console.log(HELP);
    return;
  }
  const known = imageNames();
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new UsageError(`no image '${unknown.join("', '")}': use ${known.join(', ')}`);
  }
  const names = positionals.length > 0 ? positionals : known;
  await main(['build', ...names.map((name) => relative('.', join(FOLDER, name)))]);
}

if (import.meta.main) {
  await command('build:images', () => buildImages(process.argv.slice(2)));
}
