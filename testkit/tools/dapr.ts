import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DAPR_VERSION, UPGRADED_FROM } from '../../constructs/core/versions.ts';
import type { Tool } from './cache.ts';
import { copyModule, goBuild } from '../../scripts/go-modules.ts';
import { run } from '../../scripts/toolchain.ts';

/**
 * Parts of Dapr's workflows and of its scheduler at other versions than Dapr names, which not every module proxy
 * serves. The platform uses no workflows.
 */
export const OTHER_MODULES: Readonly<Record<string, readonly string[]>> = {
  '1.18.3': ['github.com/dapr/durabletask-go@v0.12.1'],
  '1.17.5': ['github.com/dapr/durabletask-go@v0.11.3', 'github.com/diagridio/go-etcd-cron@v0.12.6'],
};

/** Copies Dapr's module to a folder where it can be changed and built. */
export function copyDapr(folder: string, version: string = DAPR_VERSION): void {
  copyModule(`github.com/dapr/dapr@v${version}`, folder);
  for (const module of OTHER_MODULES[version] ?? []) {
    run('go', ['mod', 'edit', `-require=${module}`], { cwd: folder });
  }
}

/**
 * Component types of the platform. The sidecar that Dapr releases has them all; to build it with
 * these alone takes a minute instead of ten, and leaves out a dependency that Go 1.26 cannot
 * assemble.
 */
const COMPONENTS: ReadonlySet<string> = new Set([
  'nameresolution_kubernetes.go',
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
function daprOf(version: string): Tool {
  return {
    name: 'dapr',
    version,
    recipe: [
      ...COMPONENTS,
      TAGS,
      ...(OTHER_MODULES[version] ?? []),
      readFileSync(INJECT_SOURCE, 'utf8'),
    ].join('\n'),
    build: (folder) => {
      const source = join(folder, 'source');
      copyDapr(source, version);
      const components = join(source, 'cmd', 'daprd', 'components');
      for (const file of readdirSync(components).filter((name) => !COMPONENTS.has(name))) {
        rmSync(join(components, file));
      }
      goBuild(source, './cmd/daprd', join(folder, 'daprd'), {
        tags: TAGS,
        ldflags: `-X github.com/dapr/dapr/pkg/buildinfo.version=${version}`,
      });
      mkdirSync(join(source, 'cmd', 'inject'));
      copyFileSync(INJECT_SOURCE, join(source, 'cmd', 'inject', 'main.go'));
      goBuild(source, './cmd/inject', join(folder, 'inject'));
      rmSync(source, { recursive: true });
    },
  };
}

/** The version that images name. */
export const dapr = daprOf(DAPR_VERSION);
/** The one that runs upgrade from. */
export const daprBefore = daprOf(UPGRADED_FROM.dapr);
