import { join } from 'node:path';
import { VERSIONS } from '../../constructs/versions.ts';
import type { Tool } from './cache.ts';
import { goBuild, moduleFolder, requirements, withModule } from '../../scripts/go-modules.ts';

const VERSION = VERSIONS.kubernetes;

/** A module that imports the programs of Kubernetes, with its staging modules at their releases. */
function goMod(): string {
  const staging = [...requirements(join(moduleFolder(`k8s.io/kubernetes@v${VERSION}`), 'go.mod'))]
    .filter(([, version]) => version === 'v0.0.0')
    .map(([module]) => `replace ${module} => ${module} v0.${VERSION.slice(2)}`);
  return `module kubernetes\n\ngo 1.24.0\n\nrequire k8s.io/kubernetes v${VERSION}\n\n${staging.join('\n')}\n`;
}

/** Programs of Kubernetes, each below its name. */
function kubernetesPrograms(name: string, programs: readonly string[]): Tool {
  return {
    name,
    version: VERSION,
    recipe: [...programs, goMod.toString()].join('\n'),
    build: (folder) => {
      const imports = programs.map((program) => `\t_ "k8s.io/kubernetes/cmd/${program}"\n`);
      const files = {
        'go.mod': goMod(),
        'tools.go': `//go:build tools\n\npackage tools\n\nimport (\n${imports.join('')})\n`,
      };
      withModule(folder, files, (source) => {
        for (const program of programs) {
          goBuild(source, `k8s.io/kubernetes/cmd/${program}`, join(folder, program), {
            ldflags: `-X k8s.io/component-base/version.gitVersion=v${VERSION}`,
          });
        }
      });
    },
  };
}

/** The API server. */
export const kubernetes = kubernetesPrograms('kubernetes', ['kube-apiserver']);

/** What makes pods of workloads and gives them nodes; without a kubelet, no container runs. */
export const kubernetesControllers = kubernetesPrograms('kubernetes-controllers', [
  'kube-controller-manager',
  'kube-scheduler',
]);

/** What a cluster runs besides the API server, and the command that talks to it. */
export const kubernetesNode = kubernetesPrograms('kubernetes-node', [
  'kube-controller-manager',
  'kube-scheduler',
  'kubelet',
  'kube-proxy',
  'kubectl',
]);
