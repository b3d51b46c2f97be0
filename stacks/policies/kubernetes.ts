import { at, type CheckedResource, items, type Rule } from './rule.ts';

/** Where the template of pods is, by kind. */
const POD_SPECS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/** Kind of an object of Kubernetes; undefined for other resources. */
function kindOf({ type }: CheckedResource): string | undefined {
  return type.startsWith('kubernetes:') ? type.split(':').at(-1) : undefined;
}

/** Containers that an object makes, those that run first included. */
function containersOf(resource: CheckedResource): readonly unknown[] {
  const path = POD_SPECS[kindOf(resource) ?? ''];
  const spec = path && at(resource.props, ...path);
  return [...items(at(spec, 'initContainers')), ...items(at(spec, 'containers'))];
}

/** A rule for each container. */
function containerRule(
  name: string,
  description: string,
  check: (container: unknown) => string[],
): Rule {
  return {
    name,
    description,
    check: (resource) =>
      containersOf(resource).flatMap((container) =>
        check(container).map(
          (finding) => `container '${String(at(container, 'name'))}' ${finding}`,
        ),
      ),
  };
}

const PRIVILEGED = containerRule(
  'kubernetes-not-privileged',
  'Containers have no rights over their node',
  (container) => [
    ...(at(container, 'securityContext', 'privileged') === true
      ? ['is privileged: take securityContext.privileged away']
      : []),
    ...(at(container, 'securityContext', 'allowPrivilegeEscalation') === true
      ? ['may gain rights: set allowPrivilegeEscalation to false']
      : []),
  ],
);

/** Whether an image stays the same: by digest, or by a tag that is not moved. */
function isPinned(image: string): boolean {
  const [reference, digest] = image.split('@') as [string, string | undefined];
  const tag = reference.slice(reference.lastIndexOf('/') + 1).split(':')[1];
  return digest !== undefined || (tag !== undefined && tag !== 'latest');
}

const PINNED = containerRule(
  'kubernetes-image-pinned',
  'What runs is what was tested',
  (container) => {
    const image = at(container, 'image');
    // Without one, it is not built yet.
    return typeof image !== 'string' || isPinned(image)
      ? []
      : [`has the image '${image}', which may change: give it a digest or a version`];
  },
);

const RESOURCES = containerRule(
  'kubernetes-resources-known',
  'Nodes have room for what runs on them',
  (container) => {
    const missing = [
      ['requests', 'cpu'],
      ['requests', 'memory'],
      ['limits', 'memory'],
    ].filter((path) => at(container, 'resources', ...path) === undefined);
    return missing.length === 0
      ? []
      : [`lacks ${missing.map((path) => `resources.${path.join('.')}`).join(', ')}: set them`];
  },
);

const SECRET_NAME = /(^|_)(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|CREDENTIALS?)$/i;

const ENVIRONMENT = containerRule(
  'kubernetes-no-secret-in-env',
  'Secrets are referred to, not written down',
  (container) =>
    items(at(container, 'env')).flatMap((variable) => {
      const name = String(at(variable, 'name'));
      const value = at(variable, 'value');
      // A value that names another variable, such as $(PASSWORD), holds nothing itself.
      const literal = typeof value === 'string' && value !== '' && !/^\$\(\w+\)$/.test(value);
      return SECRET_NAME.test(name) && literal
        ? [`has the value of ${name} in its manifest: use valueFrom.secretKeyRef`]
        : [];
    }),
);

const LOAD_BALANCER: Rule = {
  name: 'kubernetes-load-balancer-limited',
  description: 'Load balancers say who may connect',
  check: (resource) =>
    kindOf(resource) === 'Service' &&
    at(resource.props, 'spec', 'type') === 'LoadBalancer' &&
    items(at(resource.props, 'spec', 'loadBalancerSourceRanges')).length === 0
      ? ['is open to everybody: set spec.loadBalancerSourceRanges']
      : [],
};

const RESTRICTED: Rule = {
  name: 'kubernetes-namespace-restricted',
  description: 'Namespaces refuse pods that ask for more than an app needs',
  check: (resource) =>
    kindOf(resource) === 'Namespace' &&
    at(resource.props, 'metadata', 'labels', 'pod-security.kubernetes.io/enforce') !== 'restricted'
      ? ["takes any pod: set the label pod-security.kubernetes.io/enforce to 'restricted'"]
      : [],
};

/** Rules for objects of Kubernetes. */
export const KUBERNETES_RULES: readonly Rule[] = [
  PRIVILEGED,
  PINNED,
  RESOURCES,
  ENVIRONMENT,
  LOAD_BALANCER,
  RESTRICTED,
];
