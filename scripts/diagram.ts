/** `npm run diagram`: draws every environment. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { PLATFORMS } from '../charts/platforms.ts';
import { renderDiagram } from '../charts/render-diagram.ts';
import { writeFiles } from '../charts/write-files.ts';
import { readPlatform } from '../constructs/internal.ts';
import { command } from '../cli/command.ts';

const HELP = `npm run diagram [-- --environment NAME] [--output FOLDER]

Draws producers, topics, consumers, scalers, dead letters and stores from what is declared, to
FOLDER/<environment>/platform.md (Mermaid, and a table of topics) and platform.svg. \`npm run synth\`
writes them, too, beside the manifests.

  --environment NAME   one of ${Object.keys(PLATFORMS).join(', ')} (default: all)
  --output FOLDER      where the files go (default: dist)
  --help               this text`;

function diagram(output: string, environment: string | undefined): void {
  const started = performance.now();
  const names = environment === undefined ? Object.keys(PLATFORMS) : [environment];
  let nodes = 0;
  let arrows = 0;
  const files = names.flatMap((name) => {
    const declare = Object.hasOwn(PLATFORMS, name) ? PLATFORMS[name] : undefined;
    if (declare === undefined) {
      throw new Error(
        `there is no environment '${name}': use one of ${Object.keys(PLATFORMS).join(', ')}`,
      );
    }
    console.log(`drawing ${name} …`);
    const platform = declare();
    const model = readPlatform(platform);
    nodes += model.groups.reduce((sum, group) => sum + group.nodes.length, 0);
    arrows += model.edges.length;
    return renderDiagram(platform);
  });
  writeFiles(output, files);
  const seconds = ((performance.now() - started) / 1000).toFixed(2);
  console.log(
    `${nodes} nodes and ${arrows} arrows in ${files.length} files below ${output}, ${seconds} s`,
  );
}

await command(
  'diagram',
  () => {
    const { values } = parseArgs({
      options: {
        environment: { type: 'string' },
        output: { type: 'string', default: join(import.meta.dirname, '..', 'dist') },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(HELP);
    } else {
      diagram(values.output, values.environment);
    }
  },
  'nothing was written',
);
