import type { EventPlatform } from '../constructs/index.ts';

/** A system of this repository: its platform in each environment, and the images that it runs. */
export interface System {
  /** Declares the platform, by the name of the environment, which is that of its folder below `dist/<system>/`. */
  readonly environments: Readonly<Record<string, () => EventPlatform>>;
  /** Folders below `app-images/`, by the name of the image. */
  readonly images: Readonly<Record<string, string>>;
}
