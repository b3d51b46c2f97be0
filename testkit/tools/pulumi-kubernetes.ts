import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { copyModule, goBuild } from '../../scripts/go-modules.ts';
import { run } from '../../scripts/toolchain.ts';
import type { Tool } from './cache.ts';

const MODULE = 'github.com/pulumi/pulumi-kubernetes/provider/v4';

/**
 * The newest commit whose dependencies the proxy of modules serves: later ones require a
 * `fluxcd/pkg/ssa` that it lacks.
 */
export const PULUMI_KUBERNETES_COMMIT = 'v4.0.0-20260115033456-f47bc2d6f199';

/** The module replaces its SDK by a folder beside it, which the proxy does not serve. */
const SDK = 'github.com/pulumi/pulumi-kubernetes/sdk/v4';
const SDK_VERSION = 'v4.24.0';

const PROGRAM = 'pulumi-resource-kubernetes';

/**
 * Version of the npm package, whose programs ask the engine for a provider of exactly this version.
 */
function packageVersion(): string {
  const manifest = createRequire(import.meta.url).resolve('@pulumi/kubernetes/package.json');
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
}

/** Pulumi's Kubernetes provider, under the version that programs ask for. */
export const pulumiKubernetes: Tool = {
  name: 'pulumi-kubernetes',
  version: packageVersion(),
  recipe: [MODULE, PULUMI_KUBERNETES_COMMIT, SDK, SDK_VERSION].join('\n'),
  build: (folder) => {
    const source = join(folder, 'source');
    copyModule(`${MODULE}@${PULUMI_KUBERNETES_COMMIT}`, source);
    run('go', ['mod', 'edit', `-dropreplace=${SDK}`, `-require=${SDK}@${SDK_VERSION}`], {
      cwd: source,
    });
    // Writes two files that the program embeds: its schema.
    run('go', ['generate', './main.go'], {
      cwd: join(source, 'cmd', PROGRAM),
      env: { GOFLAGS: '-mod=mod', VERSION: packageVersion() },
    });
    goBuild(source, `./cmd/${PROGRAM}`, join(folder, PROGRAM), {
      ldflags: `-X ${MODULE}/pkg/version.Version=${packageVersion()}`,
    });
    rmSync(source, { recursive: true });
  },
};
