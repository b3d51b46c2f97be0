import type { k8s } from 'cdk8s-plus-27';
import {
  either,
  flag,
  having,
  listOf,
  mapOf,
  optional,
  type Shape,
  shaped,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import type { DnsServer } from '../security/dns-server.ts';
import {
  DEFAULT_SERVICE_ACCOUNT,
  type DefaultServiceAccount,
  serviceAccountProblems,
} from '../security/service-account.ts';
import {
  labelValueProblem,
  parseQuantity,
  qualifiedNameProblem,
  subdomainProblem,
} from '../core/kubernetes-syntax.ts';

/** Labels or annotations, by name. */
type Words = Readonly<Record<string, string>>;

/** Whether objects of the Prometheus operator are rendered, and the labels by which Prometheus finds them. */
export interface OperatorObjects {
  /** E.g. `{ release: 'kube-prometheus-stack' }`, by which that chart's Prometheus selects. */
  readonly labels: Words;
}

/**
 * What everything in a platform is rendered with, pods and objects of your own included. What a construct says
 * itself wins, and patches come last.
 */
export interface PlatformDefaults {
  /** Labels of objects and pods. @default - none */
  readonly labels?: Words;
  /** Annotations of objects and pods. @default - none */
  readonly annotations?: Words;
  /** Labels of the nodes that pods run on. @default - any node */
  readonly nodeSelector?: Words;
  /** Taints of nodes that pods tolerate, beside their own. @default - none */
  readonly tolerations?: readonly k8s.Toleration[];
  /** Names of the Secrets that images are pulled with. @default - none */
  readonly imagePullSecrets?: readonly string[];
  /**
   * CPU limit of containers that have none, sidecars included, e.g. `'2'`: a ResourceQuota on `limits.cpu` admits
   * no pod without one.
   *
   * @default - no limit
   */
  readonly cpuLimit?: string;
  /**
   * Whether the cluster chooses the users that pods run as, as OpenShift's `restricted-v2` does: manifests name
   * none then.
   *
   * @default false
   */
  readonly assignedUsers?: boolean;
  /**
   * The ServiceAccount of pods that have none of their own: servers, exporters and Jobs, and pods of your own. Apps
   * have theirs, and Strimzi's operator makes those of its pods.
   *
   * @default - `default`, which every namespace has
   */
  readonly serviceAccount?: DefaultServiceAccount;
  /** DNS servers that pods may ask. @default - `[DnsServer.kubeDns()]` */
  readonly dns?: readonly DnsServer[];
  /** PodMonitors. `false` renders none. @default true */
  readonly monitors?: boolean | OperatorObjects;
  /** PrometheusRules. `false` renders none. @default true */
  readonly rules?: boolean | OperatorObjects;
}

const OPERATOR_OBJECTS = optional(either(flag, shaped<OperatorObjects>({ labels: mapOf(text) })));

/** Names and types of {@link PlatformDefaults}. */
export const PLATFORM_DEFAULTS: Shape<PlatformDefaults> = {
  labels: optional(mapOf(text)),
  annotations: optional(mapOf(text)),
  nodeSelector: optional(mapOf(text)),
  tolerations: optional(listOf(having('a toleration, e.g. { key, operator: "Exists" }'))),
  imagePullSecrets: optional(listOf(text)),
  cpuLimit: optional(text),
  assignedUsers: optional(flag),
  serviceAccount: optional(shaped<DefaultServiceAccount>(DEFAULT_SERVICE_ACCOUNT)),
  dns: optional(listOf(having('a DnsServer, e.g. DnsServer.kubeDns()', 'ports'))),
  monitors: OPERATOR_OBJECTS,
  rules: OPERATOR_OBJECTS,
};

function labelProblems(what: string, labels: Words | undefined): string[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => {
    const problem = qualifiedNameProblem(key) ?? labelValueProblem(value);
    return problem === undefined ? [] : [`${what} '${key}: ${value}' ${problem}`];
  });
}

/** Every value that Kubernetes would reject; empty when it accepts all of them. */
export function defaultsProblems(defaults: PlatformDefaults): string[] {
  const { annotations = {}, imagePullSecrets = [], cpuLimit, dns } = defaults;
  const named = (value: boolean | OperatorObjects | undefined) =>
    typeof value === 'object' ? value.labels : undefined;
  return [
    ...labelProblems('defaults.labels', defaults.labels),
    ...labelProblems('defaults.nodeSelector', defaults.nodeSelector),
    ...labelProblems('defaults.monitors.labels', named(defaults.monitors)),
    ...labelProblems('defaults.rules.labels', named(defaults.rules)),
    ...Object.keys(annotations).flatMap((key) => {
      const problem = qualifiedNameProblem(key);
      return problem === undefined ? [] : [`defaults.annotations '${key}' ${problem}`];
    }),
    ...imagePullSecrets.flatMap((name) => {
      const problem = subdomainProblem(name);
      return problem === undefined ? [] : [`defaults.imagePullSecrets '${name}' ${problem}`];
    }),
    ...serviceAccountProblems('defaults.serviceAccount', defaults.serviceAccount),
    ...(cpuLimit === undefined || (parseQuantity(cpuLimit) ?? 0) > 0
      ? []
      : [`defaults.cpuLimit '${cpuLimit}' is not a quantity of CPU: use e.g. '500m' or '2'`]),
    ...(dns?.length === 0
      ? ['defaults.dns ([]) lets no pod look up a name: name a server, or leave it out']
      : []),
  ];
}
