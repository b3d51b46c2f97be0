import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goBuild, withModule } from '../../scripts/go-modules.ts';
import type { Tool } from './cache.ts';

const MAIN = join(import.meta.dirname, 'pause', 'main.go');

/** `pause`, the process that holds the namespaces of a pod. Ours: it has no module of its own. */
export const pause: Tool = {
  name: 'pause',
  version: '1',
  recipe: readFileSync(MAIN, 'utf8'),
  build: (folder) => {
    const files = {
      'go.mod': 'module pause\n\ngo 1.24.0\n',
      'main.go': readFileSync(MAIN, 'utf8'),
    };
    withModule(folder, files, (source) => goBuild(source, '.', join(folder, 'pause')));
  },
};
