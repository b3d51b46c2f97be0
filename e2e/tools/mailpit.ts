import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { VERSIONS } from '../../constructs/versions.ts';
import { copyModule, goBuild } from '../../scripts/go-modules.ts';
import type { Tool } from './cache.ts';

const VERSION = VERSIONS.mailpit;
const VERSION_FLAG = `-X github.com/axllent/mailpit/config.Version=v${VERSION}`;

/** The mail sink, without its page: the module has the sources of that alone. Its API is there. */
export const mailpit: Tool = {
  name: 'mailpit',
  version: VERSION,
  recipe: VERSION_FLAG,
  build: (folder) => {
    const source = join(folder, 'source');
    copyModule(`github.com/axllent/mailpit@v${VERSION}`, source);
    goBuild(source, '.', join(folder, 'mailpit'), { ldflags: VERSION_FLAG });
    rmSync(source, { recursive: true });
  },
};
