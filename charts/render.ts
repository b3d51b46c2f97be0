import { type Environment, type Manifest, renderPlatform } from '../constructs/index.ts';
import { ENVIRONMENTS } from './environments.ts';
import { taskPlatform, type TaskPlatformOptions } from './task-platform.ts';

/** A file below the output folder. */
export interface RenderedFile {
  /** Path below the output folder, e.g. `local/40-apps.yaml`. */
  readonly path: string;
  /** The objects in it. */
  readonly objects: readonly Manifest[];
  /** Its text. */
  readonly content: string;
}

/** Renders one environment's platform: a file per layer, numbered in the order of application. */
export function renderEnvironment(
  environment: Environment,
  options: TaskPlatformOptions = {},
): RenderedFile[] {
  return renderPlatform(taskPlatform(environment, options)).map(({ layer, objects, yaml }) => ({
    path: `${environment.name}/${layer}.yaml`,
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
  return ENVIRONMENTS.flatMap((environment) => renderEnvironment(environment));
}
