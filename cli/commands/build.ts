/** `event-platform build`: bundles apps for their images. */
import { statSync } from 'node:fs';
import { relative } from 'node:path';
import { buildApp } from '../build-app.ts';
import { readOptions, UsageError } from '../command-line.ts';

const HELP = `event-platform build FOLDER …

Bundles an app of each folder: FOLDER/main.ts, and cli.ts where there is one, to FOLDER/build/main.js, one
file that \`node main.js\` runs without node_modules. Schemas of the contracts that FOLDER/manifest.ts names
are compiled into it, which makes it small and quick to start. TypeScript is stripped, not checked.

  --json   files and their sizes as JSON
  --help   this text

A Dockerfile is then
  FROM node:24-bookworm-slim
  COPY build/ /app/
  USER 65532:65532
  ENTRYPOINT ["node", "/app/main.js"]`;

export async function run(args: readonly string[]): Promise<number> {
  const { values, positionals } = readOptions(args, { json: { type: 'boolean', default: false } });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (positionals.length === 0) {
    throw new UsageError('build needs the folder of an app: event-platform build src/shop');
  }
  const built: { file: string; bytes: number }[] = [];
  for (const folder of positionals) {
    const file = relative('.', await buildApp(folder));
    const bytes = statSync(file).size;
    built.push({ file, bytes });
    if (!values.json) {
      console.log(`${file.padEnd(40)} ${(bytes / 1024).toFixed(0).padStart(6)} KB`);
    }
  }
  if (values.json) {
    console.log(JSON.stringify(built, null, 2));
  }
  return 0;
}
