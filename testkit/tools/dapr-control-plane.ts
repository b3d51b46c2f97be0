import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DAPR_VERSION } from '../../constructs/core/versions.ts';
import { goBuild } from '../../scripts/go-modules.ts';
import type { Tool } from './cache.ts';
import { copyDapr, OTHER_MODULES } from './dapr.ts';

const PROGRAMS: readonly string[] = ['injector', 'operator', 'placement', 'scheduler', 'sentry'];

/** Dapr's control plane, and the Helm chart that installs it. */
export const daprControlPlane: Tool = {
  name: 'dapr-control-plane',
  version: DAPR_VERSION,
  recipe: [...PROGRAMS, ...OTHER_MODULES[DAPR_VERSION]!].join('\n'),
  build: (folder) => {
    const source = join(folder, 'source');
    copyDapr(source);
    for (const program of PROGRAMS) {
      goBuild(source, `./cmd/${program}`, join(folder, program), {
        ldflags: `-X github.com/dapr/dapr/pkg/buildinfo.version=${DAPR_VERSION}`,
      });
    }
    cpSync(join(source, 'charts', 'dapr'), join(folder, 'chart'), { recursive: true });
    rmSync(source, { recursive: true });
  },
};
