/** `npm run synth`: renders every environment, and writes `dist/` only when all of it is sound. */
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { PLATFORMS } from '../charts/systems.ts';
import { renderFiles } from '../charts/render.ts';
import { removeOthers, writeFiles } from '../charts/write-files.ts';
import { command } from '../cli/command.ts';
import { table } from '../cli/table.ts';

const HELP = `npm run synth [-- --output FOLDER]

Renders every system in each environment to FOLDER/<system>/<environment>/: one file per layer, numbered in
the order in which they are applied, and a picture of the platform. A mistake in a declaration is reported and leaves the files as they were.

  --output FOLDER   where the files go (default: dist)
  --help            this text`;

function synth(output: string): void {
  const started = performance.now();
  const files = PLATFORMS.flatMap(({ folder, declare }) => {
    console.log(`rendering ${folder} …`);
    return renderFiles(declare(), folder);
  });
  writeFiles(output, files);
  removeOthers(output, files);

  const countByKind = new Map<string, Map<string, number>>();
  for (const { path, objects } of files) {
    const folder = dirname(path);
    for (const { kind } of objects) {
      const counts = countByKind.get(kind) ?? new Map<string, number>();
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
      countByKind.set(kind, counts);
    }
  }
  const names = PLATFORMS.map(({ folder }) => folder);
  const rows = [...countByKind]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, counts]) => [kind, ...names.map((name) => String(counts.get(name) ?? 0))]);
  console.log(`\n${table(['kind', ...names], rows)}\n`);
  const objects = files.reduce((sum, file) => sum + file.objects.length, 0);
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  console.log(`${objects} objects in ${files.length} files below ${output}, ${seconds} s`);
}

await command(
  'synth',
  () => {
    const { values } = parseArgs({
      options: {
        output: { type: 'string', default: join(import.meta.dirname, '..', 'dist') },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(HELP);
    } else {
      synth(values.output);
    }
  },
  'nothing was written',
);
