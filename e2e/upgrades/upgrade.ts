import { symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LoadedPlatform, StepOutcome, StepResult } from '../../testkit/platform/step.ts';
import { runStep } from '../../testkit/platform/step.ts';

/** What an upgrade is given. */
export interface UpgradeOptions {
  /** An empty folder of its own. */
  readonly folder: string;
  readonly progress: (text: string) => void;
}

/** Starts the platform with the version before, and upgrades a part of it under load. */
export type Upgrade = (options: UpgradeOptions) => Promise<StepResult>;

/** Seconds of load before and after. */
const MARGIN = 3;

/** A place for programs that leads to one version, then to another: what the tag of an image is. */
export class Programs {
  public readonly folder: string;

  public constructor(parent: string, version: string) {
    this.folder = join(parent, 'programs');
    symlinkSync(version, this.folder);
  }

  /** From now on, what starts is of this version. */
  public become(version: string): void {
    unlinkSync(this.folder);
    symlinkSync(version, this.folder);
  }
}

/** Posts tasks all the time while a part is upgraded, then counts. */
export function underLoad(
  loaded: LoadedPlatform,
  name: string,
  upgrade: () => Promise<StepOutcome>,
): Promise<StepResult> {
  const { load } = loaded;
  return runStep(loaded, name, async () => {
    load.start();
    try {
      await sleep(MARGIN * 1000);
      const outcome = await upgrade();
      await sleep(MARGIN * 1000);
      return outcome;
    } finally {
      await load.stop();
    }
  });
}
