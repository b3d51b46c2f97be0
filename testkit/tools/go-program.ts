import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyModule, goBuild } from '../../scripts/go-modules.ts';
import type { Tool } from './cache.ts';

/** A program of a Go module. */
export interface GoProgram {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** Folder of the program in the module. @default - its root */
  readonly target?: string;
  /** Path of the file that is built. */
  readonly program: string;
  /** Variable that the program has its version in. */
  readonly versionVariable: string;
}

/** Builds a program of a Go module from a copy of it. */
export function goProgram(options: GoProgram): Tool {
  const { name, module, version, program, versionVariable, target = '.' } = options;
  const ldflags = `-X ${versionVariable}=v${version}`;
  return {
    name,
    version,
    recipe: ldflags,
    build: (folder) => {
      const source = join(folder, 'source');
      copyModule(`${module}@v${version}`, source);
      goBuild(source, target, join(folder, program), { ldflags });
      rmSync(source, { recursive: true });
    },
  };
}
