import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goBuild } from '../../scripts/go-modules.ts';
import type { Tool } from './cache.ts';

const MAIN = join(import.meta.dirname, 'pause', 'main.go');

/** `pause`, the process that holds the namespaces of a pod. Ours: it has no module of its own. */
export const pause: Tool = {
  name: 'pause',
  version: '1',
  recipe: readFileSync(MAIN, 'utf8'),
  build: (folder) => {
    const source = join(folder, 'source');
    mkdirSync(source);
    writeFileSync(join(source, 'go.mod'), 'module pause\n\ngo 1.24.0\n');
    copyFileSync(MAIN, join(source, 'main.go'));
    goBuild(source, '.', join(folder, 'pause'));
    rmSync(source, { recursive: true });
  },
};
