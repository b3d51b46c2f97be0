import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyModule, goBuild } from '../../scripts/go-modules.ts';
import type { Tool } from './cache.ts';

/** The program at the root of a Go module. */
export interface GoProgram {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Name of the file that is built. */
  readonly program: string;
  /** Variable that the program has its version in. */
  readonly versionVariable: string;
}

/** Builds the program at the root of a Go module from a copy of it. */
export function goProgram({ name, module, version, program, versionVariable }: GoProgram): Tool {
  const ldflags = `-X ${versionVariable}=v${version}`;
  return {
    name,
    version,
    recipe: ldflags,
    build: (folder) => {
      const source = join(folder, 'source');
      copyModule(`${module}@v${version}`, source);
      goBuild(source, '.', join(folder, program), { ldflags });
      rmSync(source, { recursive: true });
    },
  };
}
