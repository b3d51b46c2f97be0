import {
  type EventPlatform,
  mermaid,
  type PlatformModel,
  readPlatform,
  topicTable,
} from '../constructs/internal.ts';
import { platformSvg } from './platform-svg.ts';
import type { RenderedFile } from './rendered-file.ts';

/** Names of the files with the picture of a platform, in the folder of its environment. */
export const DIAGRAM_FILES = { page: 'platform.md', picture: 'platform.svg' } as const;

function page(platform: EventPlatform, model: PlatformModel): string {
  return `# The platform in \`${platform.environment.name}\`

Drawn by \`npm run diagram\` from what is declared in \`charts/\`: change the declarations, not this file.

\`\`\`mermaid
${mermaid(model)}\`\`\`

${topicTable(platform)}`;
}

/**
 * Renders the picture of a platform: a page with Mermaid and a table of topics, and an SVG.
 *
 * @param folder of the platform below the output folder.
 */
export function renderDiagram(platform: EventPlatform, folder: string): RenderedFile[] {
  const model = readPlatform(platform);
  const file = (name: string, content: string): RenderedFile => ({
    path: `${folder}/${name}`,
    objects: [],
    content,
  });
  return [
    file(DIAGRAM_FILES.page, page(platform, model)),
    file(DIAGRAM_FILES.picture, platformSvg(model)),
  ];
}
