import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyModule, goBuild } from '../../scripts/go-modules.ts';
import type { Tool } from './cache.ts';

const VERSION = '0.8.0';

/** Version of what plays the kubelet. */
export const KWOK_VERSION = VERSION;

/**
 * `kwok`, which plays the kubelet of nodes that do not exist, and its own descriptions (`stage/`) of
 * what happens to nodes, pods and volumes.
 */
export const kwok: Tool = {
  name: 'kwok',
  version: VERSION,
  recipe: 'cmd/kwok, kustomize/stage',
  build: (folder) => {
    const source = join(folder, 'source');
    copyModule(`sigs.k8s.io/kwok@v${VERSION}`, source);
    goBuild(source, './cmd/kwok', join(folder, 'kwok'));
    cpSync(join(source, 'kustomize', 'stage'), join(folder, 'stage'), { recursive: true });
    rmSync(source, { recursive: true });
  },
};
