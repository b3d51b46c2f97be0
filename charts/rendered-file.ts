import type { Manifest } from '../constructs/index.ts';

/** A file below the output folder. */
export interface RenderedFile {
  /** Path below the output folder, e.g. `tasks/local/40-apps.yaml`. */
  readonly path: string;
  /** The objects in it; none in a picture. */
  readonly objects: readonly Manifest[];
  /** Its text. */
  readonly content: string;
}
