import { SYSTEMS, type Systems } from '../../charts/systems.ts';
import { choice, optionalText, readConfig, text } from '../stack-config.ts';
import { systemProblems, systemSettings } from '../systems.ts';

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

const SETTINGS = {
  target: choice('what the stack deploys to', ['local']),
  cluster: choice(
    'whether a kind cluster is made, or the current one is used',
    ['kind', 'current'],
    'kind',
  ),
  clusterName: text('how kind calls the cluster', {
    example: 'event-platform',
    pattern: NAME,
    fallback: 'event-platform',
  }),
  kubeContext: optionalText('context of the kubeconfig, for cluster current', {
    example: 'kind-kind',
  }),
  operators: choice(
    'whether Dapr, KEDA and the Prometheus operator are installed, or are there',
    ['install', 'present'],
    'install',
  ),
  images: choice(
    'whether images are built and loaded, or nodes can pull them',
    ['build', 'present'],
    'build',
  ),
  imageRegistry: optionalText('registry and folder in front of names of images that are there', {
    example: 'registry.example.com/task-platform',
    pattern: /^[a-z0-9][a-z0-9.:/_-]*[a-z0-9]$/,
  }),
  imageTag: optionalText('tag of images that are there', {
    example: '0.1.0',
    pattern: /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/,
  }),
} as const;

/** Configuration of a local stack. @throws RunError that lists every mistake. */
export function localConfig(systems: Systems = SYSTEMS) {
  return readConfig({ ...SETTINGS, ...systemSettings(systems, 'local') }, (config) => {
    const problems = systemProblems(systems, config);
    if (config.cluster === 'kind' && config.kubeContext !== undefined) {
      problems.push(
        "'kubeContext' belongs to cluster 'current', and a kind cluster would be made: set cluster current, or remove kubeContext",
      );
    }
    if (config.cluster === 'current' && config.kubeContext === undefined) {
      problems.push(
        "cluster 'current' needs a 'kubeContext', since the one that is current may be another one next time: pulumi config set kubeContext \"$(kubectl config current-context)\"",
      );
    }
    if (config.cluster === 'current' && config.images === 'build') {
      problems.push(
        "images 'build' loads images into the kind cluster that the stack makes: with cluster 'current', set images present, and imageRegistry where nodes pull from one",
      );
    }
    if (config.images === 'build' && (config.imageRegistry ?? config.imageTag) !== undefined) {
      problems.push(
        "'imageRegistry' and 'imageTag' belong to images 'present', and images would be built: set images present, or remove them",
      );
    }
    return problems;
  });
}

/** What {@link localConfig} reads. */
export type LocalConfig = ReturnType<typeof localConfig>;
