import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tool } from './cache.ts';
import { goBuild, moduleFolder, requirements } from '../../scripts/go-modules.ts';
import { run } from '../../scripts/toolchain.ts';

const VERSION = '1.34.4';

/** Programs of the control plane that are built. */
const PROGRAMS: readonly string[] = ['kube-apiserver'];

/** A module that imports the programs of Kubernetes, with its staging modules at their releases. */
function goMod(): string {
  const staging = [...requirements(join(moduleFolder(`k8s.io/kubernetes@v${VERSION}`), 'go.mod'))]
    .filter(([, version]) => version === 'v0.0.0')
    .map(([module]) => `replace ${module} => ${module} v0.${VERSION.slice(2)}`);
  return `module kubernetes\n\ngo 1.24.0\n\nrequire k8s.io/kubernetes v${VERSION}\n\n${staging.join('\n')}\n`;
}

/** The API server of Kubernetes. */
export const kubernetes: Tool = {
  name: 'kubernetes',
  version: VERSION,
  recipe: [...PROGRAMS, goMod.toString()].join('\n'),
  build: (folder) => {
    const source = join(folder, 'source');
    mkdirSync(source);
    writeFileSync(join(source, 'go.mod'), goMod());
    writeFileSync(
      join(source, 'tools.go'),
      `//go:build tools\n\npackage tools\n\nimport (\n${PROGRAMS.map((name) => `\t_ "k8s.io/kubernetes/cmd/${name}"\n`).join('')})\n`,
    );
    run('go', ['mod', 'tidy'], { cwd: source });
    for (const name of PROGRAMS) {
      goBuild(source, `k8s.io/kubernetes/cmd/${name}`, join(folder, name), {
        ldflags: `-X k8s.io/component-base/version.gitVersion=v${VERSION}`,
      });
    }
    rmSync(source, { recursive: true });
  },
};
