import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DAPR_VERSION } from '../../constructs/dapr/version.ts';
import { copyModule, goBuild } from '../../scripts/go-modules.ts';
import { run } from '../../scripts/toolchain.ts';
import type { Tool } from './cache.ts';
import { DAPR_MODULE } from './dapr.ts';

/**
 * A dependency of the scheduler, one fix older than the one that Dapr names: not every proxy of modules
 * serves that. The platform schedules nothing with Dapr.
 */
const SCHEDULER_CRON = 'github.com/diagridio/go-etcd-cron@v0.9.1';

const PROGRAMS: readonly string[] = ['injector', 'operator', 'placement', 'scheduler', 'sentry'];

/** Dapr's control plane, and the Helm chart that installs it. */
export const daprControlPlane: Tool = {
  name: 'dapr-control-plane',
  version: DAPR_VERSION,
  recipe: [...PROGRAMS, SCHEDULER_CRON].join('\n'),
  build: (folder) => {
    const source = join(folder, 'source');
    copyModule(DAPR_MODULE, source);
    run('go', ['mod', 'edit', `-require=${SCHEDULER_CRON}`], { cwd: source });
    for (const program of PROGRAMS) {
      goBuild(source, `./cmd/${program}`, join(folder, program), {
        ldflags: `-X github.com/dapr/dapr/pkg/buildinfo.version=${DAPR_VERSION}`,
      });
    }
    cpSync(join(source, 'charts', 'dapr'), join(folder, 'chart'), { recursive: true });
    rmSync(source, { recursive: true });
  },
};
