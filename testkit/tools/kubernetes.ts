import { join } from 'node:path';
import { VERSIONS } from '../../constructs/core/versions.ts';
import type { Tool } from './cache.ts';
import { goBuild } from '../../scripts/go-modules.ts';
import { goMod, withKubernetes } from '../../scripts/kubernetes-module.ts';

/** Programs of Kubernetes, each below its name. */
function kubernetesPrograms(name: string, programs: readonly string[]): Tool {
  return {
    name,
    version: VERSIONS.kubernetes,
    recipe: [...programs, goMod.toString()].join('\n'),
    build: (folder) => {
      const packages = programs.map((program) => `k8s.io/kubernetes/cmd/${program}`);
      withKubernetes(folder, packages, (source) => {
        for (const program of programs) {
          goBuild(source, `k8s.io/kubernetes/cmd/${program}`, join(folder, program), {
            ldflags: `-X k8s.io/component-base/version.gitVersion=v${VERSIONS.kubernetes}`,
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
