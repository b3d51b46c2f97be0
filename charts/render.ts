import { type EventPlatform, renderPlatform } from '../constructs/index.ts';
import { PLATFORMS } from './platforms.ts';
import { renderDiagram } from './render-diagram.ts';
import type { RenderedFile } from './rendered-file.ts';

/** Renders a platform: a file per layer, numbered in the order of application, and its picture. */
export function renderFiles(platform: EventPlatform): RenderedFile[] {
  const layers = renderPlatform(platform).map(({ layer, objects, yaml }) => ({
    path: `${platform.environment.name}/${layer}.yaml`,
    objects,
    content: yaml,
  }));
  return [...layers, ...renderDiagram(platform)];
}

/**
 * Renders every environment. Nothing is written, so a mistake in one leaves all files as they are.
 *
 * @throws DeclarationError when what is declared cannot work.
 */
export function renderAll(): RenderedFile[] {
  return Object.values(PLATFORMS).flatMap((platform) => renderFiles(platform()));
}
