import type { k8s } from 'cdk8s-plus-27';
import type { PlatformDefaults } from './platform-defaults.ts';

/** An object of JSON, of which every property may be missing. */
export type Json = Record<string, unknown>;
type Words = Readonly<Record<string, string>>;

/** Labels and annotations of an object or of a pod, of which those that are there win. */
export function metadataWith(
  metadata: unknown,
  { labels, annotations }: Pick<PlatformDefaults, 'labels' | 'annotations'>,
): Json {
  const own = (metadata ?? {}) as { readonly labels?: Words; readonly annotations?: Words };
  return {
    ...own,
    ...(labels && { labels: { ...labels, ...own.labels } }),
    ...(annotations && { annotations: { ...annotations, ...own.annotations } }),
  };
}

/** Properties of security contexts that name users and groups. */
const USERS: readonly string[] = ['runAsUser', 'runAsGroup', 'fsGroup', 'fsGroupChangePolicy'];

/** A part of a pod, without users in its security context where the cluster chooses them. */
function withoutUsers(part: Json): Json {
  const { securityContext } = part;
  return securityContext === undefined
    ? part
    : {
        ...part,
        securityContext: Object.fromEntries(
          Object.entries(securityContext as Json).filter(([name]) => !USERS.includes(name)),
        ),
      };
}

/** A container with a limit of CPU, unless it has one. */
function limited(container: Json, cpu: string): Json {
  const resources = (container.resources ?? {}) as { readonly limits?: Words };
  return { ...container, resources: { ...resources, limits: { cpu, ...resources.limits } } };
}

/** What a pod tolerates and pulls images with, beside what it says itself. Kubernetes takes no Secret twice. */
function scheduling(spec: Json, { tolerations, imagePullSecrets }: PlatformDefaults): Json {
  const own = (name: string) => (spec[name] ?? []) as unknown[];
  const ownSecrets = own('imagePullSecrets') as k8s.LocalObjectReference[];
  const known = new Set(ownSecrets.map(({ name }) => name));
  const more = [...new Set(imagePullSecrets)].filter((name) => !known.has(name));
  return {
    ...(tolerations && { tolerations: [...own('tolerations'), ...tolerations] }),
    ...(imagePullSecrets && {
      imagePullSecrets: [...ownSecrets, ...more.map((name) => ({ name }))],
    }),
  };
}

/** The template of pods, with the defaults of the platform. */
export function templateWith(template: Json, defaults: PlatformDefaults): Json {
  const { nodeSelector, cpuLimit, assignedUsers = false, serviceAccount } = defaults;
  const spec = template.spec as Json;
  const container = (own: Json): Json => {
    const one = cpuLimit === undefined ? own : limited(own, cpuLimit);
    return assignedUsers ? withoutUsers(one) : one;
  };
  const containers = (name: string) =>
    spec[name] === undefined ? {} : { [name]: (spec[name] as Json[]).map(container) };
  const { annotations } = (template.metadata ?? {}) as { readonly annotations?: Words };
  const hasSidecar = annotations?.['dapr.io/enabled'] === 'true';
  return {
    ...template,
    metadata: metadataWith(template.metadata, {
      ...defaults,
      ...(hasSidecar &&
        cpuLimit !== undefined && {
          annotations: { ...defaults.annotations, 'dapr.io/sidecar-cpu-limit': cpuLimit },
        }),
    }),
    spec: {
      ...(serviceAccount && { serviceAccountName: serviceAccount.name }),
      ...(assignedUsers ? withoutUsers(spec) : spec),
      ...containers('containers'),
      ...containers('initContainers'),
      ...(nodeSelector && {
        nodeSelector: { ...nodeSelector, ...(spec.nodeSelector as Words | undefined) },
      }),
      ...scheduling(spec, defaults),
    },
  };
}

/** What Strimzi's operator makes pods with, which has an affinity in place of a node selector. */
export function strimziPodWith(pod: Json, defaults: PlatformDefaults): Json {
  const matchExpressions = Object.entries(defaults.nodeSelector ?? {}).map(
    ([key, value]): k8s.NodeSelectorRequirement => ({ key, operator: 'In', values: [value] }),
  );
  return {
    ...pod,
    metadata: metadataWith(pod.metadata, defaults),
    ...scheduling(pod, defaults),
    ...(matchExpressions.length > 0 && {
      affinity: {
        ...(pod.affinity as Json | undefined),
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions }],
          },
        },
      },
    }),
  };
}
