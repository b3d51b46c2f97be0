import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { copyModule, goBuild } from '../../scripts/go-modules.ts';
import type { Tool } from './cache.ts';

const VERSION = '3.22.0';

/** Helm, which renders charts. */
export const helm: Tool = {
  name: 'helm',
  version: VERSION,
  recipe: 'cmd/helm',
  build: (folder) => {
    const source = join(folder, 'source');
    copyModule(`helm.sh/helm/v3@v${VERSION}`, source);
    goBuild(source, './cmd/helm', join(folder, 'helm'));
    rmSync(source, { recursive: true });
  },
};
