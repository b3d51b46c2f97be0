import { type EventPlatform, renderPlatform } from '../constructs/index.ts';
import { renderDiagram } from './render-diagram.ts';
import type { RenderedFile } from './rendered-file.ts';
import { PLATFORMS } from './systems.ts';

/**
 * Renders a platform: a file per layer, numbered in the order of application, and its picture.
 *
 * @param folder of the platform below the output folder.
 */
export function renderFiles(platform: EventPlatform, folder: string): RenderedFile[] {
  const layers = renderPlatform(platform).map(({ layer, objects, yaml }) => ({
    path: `${folder}/${layer}.yaml`,
    objects,
    content: yaml,
  }));
  return [...layers, ...renderDiagram(platform, folder)];
}

/**
 * Renders every system in each environment. Nothing is written, so a mistake in one leaves all files as they are.
 *
 * @throws DeclarationError when what is declared cannot work.
 */
export function renderAll(): RenderedFile[] {
  return PLATFORMS.flatMap(({ declare, folder }) => renderFiles(declare(), folder));
}
