import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DAPR_VERSION } from '../../constructs/versions.ts';
import type { Tool } from './cache.ts';
import { copyModule, goBuild } from '../../scripts/go-modules.ts';
import { run } from '../../scripts/toolchain.ts';

const DAPR_MODULE = `github.com/dapr/dapr@v${DAPR_VERSION}`;

/**
 * The engine of Dapr's workflows, a few fixes older than the one that Dapr 1.18.3 names (v0.12.4): not
 * every module proxy serves that one. The platform uses no workflows.
 */
export const DURABLE_TASK = 'github.com/dapr/durabletask-go@v0.12.1';

/** Copies Dapr's module to a folder where it can be changed and built. */
export function copyDapr(folder: string): void {
  copyModule(DAPR_MODULE, folder);
  run('go', ['mod', 'edit', `-require=${DURABLE_TASK}`], { cwd: folder });
}

/**
 * Component types of the platform. The sidecar that Dapr releases has them all; to build it with
 * these alone takes a minute instead of ten, and leaves out a dependency that Go 1.26 cannot
 * assemble.
 */
const COMPONENTS: ReadonlySet<string> = new Set([
  'nameresolution_mdns.go',
  'pubsub_jetstream.go',
  'pubsub_kafka.go',
  'pubsub_rabbitmq.go',
  'pubsub_redis.go',
  'secretstores_kubernetes.go',
  'secretstores_local_file.go',
  'state_postgres.go',
  'state_redis.go',
  'zz_notag.go',
]);

/** All of them: JetStream is in the sidecar that Dapr releases, and not among its stable components. */
const TAGS = 'allcomponents';

const INJECT_SOURCE = join(import.meta.dirname, 'inject', 'main.go');

/**
 * `daprd`, the sidecar, and `inject`, a program of ours that shows a pod as Dapr's injector would
 * change it. Both come from one copy of Dapr's module.
 */
export const dapr: Tool = {
  name: 'dapr',
  version: DAPR_VERSION,
  recipe: [...COMPONENTS, TAGS, DURABLE_TASK, readFileSync(INJECT_SOURCE, 'utf8')].join('\n'),
  build: (folder) => {
    const source = join(folder, 'source');
    copyDapr(source);
    const components = join(source, 'cmd', 'daprd', 'components');
    for (const file of readdirSync(components).filter((name) => !COMPONENTS.has(name))) {
      rmSync(join(components, file));
    }
    goBuild(source, './cmd/daprd', join(folder, 'daprd'), {
      tags: TAGS,
      ldflags: `-X github.com/dapr/dapr/pkg/buildinfo.version=${DAPR_VERSION}`,
    });
    mkdirSync(join(source, 'cmd', 'inject'));
    copyFileSync(INJECT_SOURCE, join(source, 'cmd', 'inject', 'main.go'));
    goBuild(source, './cmd/inject', join(folder, 'inject'));
    rmSync(source, { recursive: true });
  },
};
