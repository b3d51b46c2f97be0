import { join } from 'node:path';
import { VERSIONS } from '../constructs/core/versions.ts';
import { moduleFolder, requirements, withModule } from './go-modules.ts';

const VERSION = VERSIONS.kubernetes;

/** A module that imports the programs of Kubernetes, with its staging modules at their releases. */
export function goMod(): string {
  const staging = [...requirements(join(moduleFolder(`k8s.io/kubernetes@v${VERSION}`), 'go.mod'))]
    .filter(([, version]) => version === 'v0.0.0')
    .map(([module]) => `replace ${module} => ${module} v0.${VERSION.slice(2)}`);
  return `module kubernetes\n\ngo 1.24.0\n\nrequire k8s.io/kubernetes v${VERSION}\n\n${staging.join('\n')}\n`;
}

/**
 * Makes a module that has programs of Kubernetes, for as long as they are built or run.
 *
 * @param packages of the programs.
 * @param build is given the folder of the module.
 */
export function withKubernetes(
  folder: string,
  packages: readonly string[],
  build: (source: string) => void,
): void {
  const imports = packages.map((path) => `\t_ "${path}"\n`);
  const files = {
    'go.mod': goMod(),
    'tools.go': `//go:build tools\n\npackage tools\n\nimport (\n${imports.join('')})\n`,
  };
  withModule(folder, files, build);
}
