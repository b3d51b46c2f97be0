import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UPGRADED_FROM, VERSIONS } from '../../constructs/core/versions.ts';
import type { Tool } from './cache.ts';
import { goBuild, moduleFolder, requirements, withModule } from '../../scripts/go-modules.ts';

const SERVER = 'github.com/nats-io/nats-server/v2';
const CLIENT = 'github.com/nats-io/nats.go';
const REQUEST_SOURCE = join(import.meta.dirname, 'nats', 'main.go');

/** A module with the server and the client that it is tested with. */
function goMod(version: string): string {
  const versions = requirements(join(moduleFolder(`${SERVER}@v${version}`), 'go.mod'));
  return `module nats\n\ngo 1.24.0\n\nrequire ${SERVER} v${version}\n\nrequire ${CLIENT} ${versions.get(CLIENT)!}\n`;
}

/** `nats-server`, and what scripts use of the command line `nats`. */
function natsOf(version: string): Tool {
  return {
    name: 'nats',
    version,
    recipe: [goMod.toString(), readFileSync(REQUEST_SOURCE, 'utf8')].join('\n'),
    build: (folder) => {
      const files = {
        'go.mod': goMod(version),
        'tools.go': `//go:build tools\n\npackage main\n\nimport _ "${SERVER}"\n`,
        'main.go': readFileSync(REQUEST_SOURCE, 'utf8'),
      };
      withModule(folder, files, (source) => {
        goBuild(source, SERVER, join(folder, 'nats-server'));
        goBuild(source, '.', join(folder, 'nats'));
      });
    },
  };
}

/** The version that images name. */
export const nats = natsOf(VERSIONS.nats);
/** The one that runs upgrade from. */
export const natsBefore = natsOf(UPGRADED_FROM.nats);
