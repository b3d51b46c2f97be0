/** `npm run diagram`: draws every environment. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type DeclaredPlatform, PLATFORMS } from '../charts/systems.ts';
import { renderDiagram } from '../charts/render-diagram.ts';
import { writeFiles } from '../charts/write-files.ts';
import { readPlatform } from '../constructs/internal.ts';
import { command } from '../cli/command.ts';

type Choice = 'system' | 'environment';

function namesOf(choice: Choice): string {
  return [...new Set(PLATFORMS.map((platform) => platform[choice]))].join(', ');
}

const HELP = `npm run diagram [-- --system NAME] [--environment NAME] [--output FOLDER]

Draws producers, topics, consumers, scalers, dead letters and stores from what is declared, to
FOLDER/<system>/<environment>/platform.md (Mermaid, and a table of topics) and platform.svg. \`npm run synth\`
writes them, too, beside the manifests.

  --system NAME        one of ${namesOf('system')} (default: all)
  --environment NAME   one of ${namesOf('environment')} (default: all)
  --output FOLDER      where the files go (default: dist)
  --help               this text`;

function chosen(
  choices: Readonly<Record<Choice, string | undefined>>,
): readonly DeclaredPlatform[] {
  for (const [choice, name] of Object.entries(choices) as [Choice, string | undefined][]) {
    if (name !== undefined && !PLATFORMS.some((platform) => platform[choice] === name)) {
      throw new Error(`there is no ${choice} '${name}': use one of ${namesOf(choice)}`);
    }
  }
  return PLATFORMS.filter(
    ({ system, environment }) =>
      system === (choices.system ?? system) && environment === (choices.environment ?? environment),
  );
}

function diagram(output: string, platforms: readonly DeclaredPlatform[]): void {
  const started = performance.now();
  let nodes = 0;
  let arrows = 0;
  const files = platforms.flatMap(({ folder, declare }) => {
    console.log(`drawing ${folder} …`);
    const platform = declare();
    const model = readPlatform(platform);
    nodes += model.groups.reduce((sum, group) => sum + group.nodes.length, 0);
    arrows += model.edges.length;
    return renderDiagram(platform, folder);
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
        system: { type: 'string' },
        environment: { type: 'string' },
        output: { type: 'string', default: join(import.meta.dirname, '..', 'dist') },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(HELP);
    } else {
      const { output, system, environment } = values;
      diagram(output, chosen({ system, environment }));
    }
  },
  'nothing was written',
);
