import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tool } from './cache.ts';
import { goBuild } from '../../scripts/go-modules.ts';
import { run } from '../../scripts/toolchain.ts';

const VERSION = '3.220.0';
const LANGUAGE_HOST_VERSION = '3.60.0';

/** Versions of the programs. */
export const PULUMI_VERSIONS = { engine: VERSION, languageHost: LANGUAGE_HOST_VERSION } as const;

/** What is built: a program, the module that it is in, and the package. */
interface Program {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  readonly target: string;
}

const PROGRAMS: readonly Program[] = [
  {
    name: 'pulumi',
    module: 'github.com/pulumi/pulumi/pkg/v3',
    version: VERSION,
    target: 'cmd/pulumi',
  },
  {
    // The last that is part of a module which can be required: later ones live in one of their own.
    name: 'pulumi-language-nodejs',
    module: 'github.com/pulumi/pulumi/sdk/v3',
    version: LANGUAGE_HOST_VERSION,
    target: 'nodejs/cmd/pulumi-language-nodejs',
  },
];

/** What `pulumi version` answers is set when Pulumi is released, and here. */
const LDFLAGS = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${VERSION}`;

/** Pulumi's engine with its command line, and the host of programs for Node. */
export const pulumi: Tool = {
  name: 'pulumi',
  version: VERSION,
  recipe: JSON.stringify([PROGRAMS, LDFLAGS]),
  build: (folder) => {
    for (const { name, module, version, target } of PROGRAMS) {
      const source = join(folder, 'source');
      mkdirSync(source);
      writeFileSync(join(source, 'go.mod'), `module ${name}\n\ngo 1.24.0\n`);
      run('go', ['get', `${module}/${target}@v${version}`], { cwd: source });
      goBuild(source, `${module}/${target}`, join(folder, name), { ldflags: LDFLAGS });
      rmSync(source, { recursive: true });
    }
  },
};
