import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { goBuild } from '../../scripts/go-modules.ts';
import { run } from '../../scripts/toolchain.ts';
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
    const source = join(folder, 'source');
    mkdirSync(source);
    writeFileSync(join(source, 'go.mod'), GO_MOD);
    copyFileSync(MAIN, join(source, 'main.go'));
    run('go', ['mod', 'tidy'], { cwd: source });
    goBuild(source, '.', join(folder, 'coredns'));
    rmSync(source, { recursive: true });
  },
};
