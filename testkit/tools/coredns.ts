import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goBuild, withModule } from '../../scripts/go-modules.ts';
import type { Tool } from './cache.ts';

const VERSION = '1.15.0';
const MAIN = join(import.meta.dirname, 'coredns', 'main.go');
const GO_MOD = `module coredns\n\ngo 1.25.0\n\nrequire github.com/coredns/coredns v${VERSION}\n`;

/** `coredns`, the name server of a cluster. */
export const coredns: Tool = {
  name: 'coredns',
  version: VERSION,
  recipe: [GO_MOD, readFileSync(MAIN, 'utf8')].join('\n'),
  build: (folder) => {
    const files = { 'go.mod': GO_MOD, 'main.go': readFileSync(MAIN, 'utf8') };
    withModule(folder, files, (source) => goBuild(source, '.', join(folder, 'coredns')));
  },
};
