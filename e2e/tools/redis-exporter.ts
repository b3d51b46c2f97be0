import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { VERSIONS } from '../../constructs/versions.ts';
import { copyModule, goBuild } from '../../scripts/go-modules.ts';
import type { Tool } from './cache.ts';

const VERSION = VERSIONS.redisExporter;
const VERSION_FLAG = `-X main.BuildVersion=v${VERSION}`;

/** The exporter of Redis, which also serves streams and their groups. */
export const redisExporter: Tool = {
  name: 'redis-exporter',
  version: VERSION,
  recipe: VERSION_FLAG,
  build: (folder) => {
    const source = join(folder, 'source');
    copyModule(`github.com/oliver006/redis_exporter@v${VERSION}`, source);
    goBuild(source, '.', join(folder, 'redis_exporter'), { ldflags: VERSION_FLAG });
    rmSync(source, { recursive: true });
  },
};
