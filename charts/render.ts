import { type EventPlatform, type Manifest, renderPlatform } from '../constructs/index.ts';
import { PLATFORMS } from './platforms.ts';

/** A file below the output folder. */
export interface RenderedFile {
  /** Path below the output folder, e.g. `local/40-apps.yaml`. */
  readonly path: string;
  /** The objects in it. */
  readonly objects: readonly Manifest[];
  /** Its text. */
  readonly content: string;
}

/** Renders a platform: a file per layer, numbered in the order of application. */
export function renderFiles(platform: EventPlatform): RenderedFile[] {
  return renderPlatform(platform).map(({ layer, objects, yaml }) => ({
    path: `${platform.environment.name}/${layer}.yaml`,
    objects,
    content: yaml,
  }));
}

/**
 * Renders every environment. Nothing is written, so a mistake in one leaves all files as they are.
 *
 * @throws DeclarationError when what is declared cannot work.
 */
export function renderAll(): RenderedFile[] {
  return Object.values(PLATFORMS).flatMap((platform) => renderFiles(platform()));
}
