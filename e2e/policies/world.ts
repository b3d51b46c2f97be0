import { type Pod, podsOf } from '../../testkit/kubernetes/pods.ts';
import type { NamespaceObject, PodObject } from '../../testkit/kubernetes/node/enforcer.ts';
import type {
  Peer,
  Policy,
  Rule,
  Selector,
} from '../../testkit/kubernetes/node/network-policies.ts';
import type { KubernetesObject } from '../../scripts/manifests.ts';
import { addressRange, addressText, type Connection } from './ruleset.ts';

type Labels = Readonly<Record<string, string>>;

/** A pod without an address. */
interface UnplacedPod extends PodObject {
  readonly metadata: PodObject['metadata'] & { readonly name: string };
}

/** A pod with an address. */
export interface WorldPod extends UnplacedPod {
  readonly status: { readonly podIP: string };
}

/** Everything that verdicts follow from. */
export interface World {
  readonly namespaces: readonly NamespaceObject[];
  readonly pods: readonly WorldPod[];
  readonly policies: readonly Policy[];
  /** Addresses that no pod has. */
  readonly outside: readonly string[];
  readonly ports: readonly Pick<Connection, 'port' | 'protocol'>[];
}

/** The node of the pods; it reaches them whatever policies say, so connections only go to it. */
export const NODE = '10.244.0.1';

/** Outside the cluster: an address of documentation, and where clouds give credentials to machines. */
const OUTSIDE = ['203.0.113.10', '169.254.169.254'];
/** Ports that nothing names. */
const UNNAMED_PORTS = [1, 7777, 65_535];

/** Pods that the platform does not render, by namespace; `default` has nothing to do with it. */
const STRANGERS: Readonly<Record<string, readonly Labels[]>> = {
  'kube-system': [{ 'k8s-app': 'kube-dns' }, { component: 'kube-apiserver' }],
  monitoring: [{ 'app.kubernetes.io/name': 'prometheus' }, { 'app.kubernetes.io/name': 'grafana' }],
  keda: [{ app: 'keda-operator' }],
  'dapr-system': [{ app: 'dapr-operator' }, { app: 'dapr-sidecar-injector' }],
  default: [{}],
};

interface ServiceObject {
  readonly spec: {
    readonly ports: readonly { readonly port: number; readonly targetPort?: number | string }[];
  };
}

const NAMESPACE_NAME = 'kubernetes.io/metadata.name';

function podObject(name: string, namespace: string, labels: Labels): UnplacedPod {
  return { metadata: { name, namespace, labels }, spec: {} };
}

/** Gives each pod an address and a name of its own. */
export function placed(pods: readonly UnplacedPod[]): WorldPod[] {
  return pods.map((pod, index) => ({
    ...pod,
    metadata: { ...pod.metadata, name: `${pod.metadata.name}-${index}` },
    status: { podIP: `10.244.${1 + Math.floor(index / 250)}.${2 + (index % 250)}` },
  }));
}

/** A namespace with the label that Kubernetes gives it. */
export function namespaceObject(name: string, labels: Labels = {}): NamespaceObject {
  return { metadata: { name, labels: { ...labels, [NAMESPACE_NAME]: name } } };
}

function rulesOf({ spec }: Policy): readonly Rule[] {
  return [...(spec.ingress ?? []), ...(spec.egress ?? [])];
}

function peersOf(policy: Policy): readonly Peer[] {
  return rulesOf(policy).flatMap(({ from = [], to = [] }) => [...from, ...to]);
}

/** Sets of labels that a selector of a platform selects: one for each value of `In`. */
function labelsFor({ matchLabels = {}, matchExpressions = [] }: Selector): Labels[] {
  return matchExpressions.reduce<Labels[]>(
    (sets, { key, operator, values = [] }) => {
      if (operator !== 'In') {
        throw new Error(`no labels are known that '${key} ${operator}' selects`);
      }
      return sets.flatMap((labels) => values.map((value) => ({ ...labels, [key]: value })));
    },
    [matchLabels],
  );
}

/** Pods that a policy names, such as those that an operator makes. */
function podsNamedBy(policy: Policy): UnplacedPod[] {
  const own = policy.metadata.namespace;
  return [{ podSelector: policy.spec.podSelector }, ...peersOf(policy)].flatMap((peer: Peer) => {
    const { ipBlock, podSelector = {}, namespaceSelector } = peer;
    const namespace =
      namespaceSelector === undefined ? own : namespaceSelector.matchLabels?.[NAMESPACE_NAME];
    // A selector of all namespaces names none.
    return ipBlock !== undefined || namespace === undefined
      ? []
      : labelsFor(podSelector).map((labels) => podObject('named', namespace, labels));
  });
}

function isLike(one: UnplacedPod, other: UnplacedPod): boolean {
  return (
    one.metadata.namespace === other.metadata.namespace &&
    Object.entries(one.metadata.labels ?? {}).every(
      ([key, value]) => other.metadata.labels?.[key] === value,
    )
  );
}

/** The first and the last address of each block and of what it leaves out, and those beside them. */
function edges(policies: readonly Policy[]): string[] {
  return (
    policies
      .flatMap(peersOf)
      .flatMap(({ ipBlock }) => (ipBlock ? [ipBlock.cidr, ...(ipBlock.except ?? [])] : []))
      // Connections of this run are of version 4.
      .filter((block) => !block.includes(':'))
      .flatMap((block) => {
        const [first, last] = addressRange(block);
        return [first - 1, first, last, last + 1];
      })
      .filter((number) => number >= 0 && number < 2 ** 32)
      .map(addressText)
  );
}

/** Every port that a container, a Service or a policy names, and some that nothing names. */
function portsOf(
  objects: readonly KubernetesObject[],
  pods: readonly UnplacedPod[],
): World['ports'] {
  const ofContainers = pods
    .flatMap(({ spec }) => spec.containers ?? [])
    .flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort));
  const services = objects.filter(({ kind }) => kind === 'Service') as unknown as ServiceObject[];
  const ofServices = services
    .flatMap(({ spec }) => spec.ports)
    .flatMap(({ port, targetPort }) => [port, targetPort]);
  const ofPolicies = policiesOf(objects)
    .flatMap(rulesOf)
    .flatMap(({ ports = [] }) => ports.map(({ port }) => port));
  const numbers = [...ofContainers, ...ofServices, ...ofPolicies, ...UNNAMED_PORTS];
  return [...new Set(numbers.filter((port) => typeof port === 'number'))]
    .sort((one, other) => one - other)
    .flatMap((port) => ['TCP', 'UDP'].map((protocol) => ({ port, protocol })));
}

function policiesOf(objects: readonly KubernetesObject[]): Policy[] {
  return objects.filter(({ kind }) => kind === 'NetworkPolicy') as unknown as Policy[];
}

/**
 * A platform among strangers: two pods of each workload and one of each Job, pods with the same labels
 * in a namespace that has nothing to do with it, and every pod and address that a policy names.
 *
 * @param inject makes of the pods of workloads those with the sidecar.
 */
export function worldOf(
  objects: readonly KubernetesObject[],
  inject: (pods: readonly Pod[]) => readonly Pod[],
): World {
  const policies = policiesOf(objects);
  const platform = objects.find(({ kind }) => kind === 'Namespace')!.metadata;
  const injected = inject(podsOf(objects)) as unknown as readonly UnplacedPod[];
  const workloads = injected.map(({ metadata, spec }) => ({
    metadata: { name: metadata.name, namespace: platform.name, labels: metadata.labels ?? {} },
    spec: { containers: (spec.containers ?? []).map(({ ports = [] }) => ({ ports })) },
  }));
  const known = [
    ...workloads,
    ...workloads.filter(({ metadata }) => !/^(cron)?job-/.test(metadata.name)),
    ...workloads.map((pod) => ({ ...pod, metadata: { ...pod.metadata, namespace: 'default' } })),
    podObject('stranger', platform.name, {}),
    ...Object.entries(STRANGERS).flatMap(([namespace, pods]) =>
      pods.map((labels) => podObject('stranger', namespace, labels)),
    ),
  ];
  for (const named of policies.flatMap(podsNamedBy)) {
    if (!known.some((pod) => isLike(named, pod))) {
      // Two of them, as of workloads: they may need to reach each other.
      known.push(named, named);
    }
  }
  const others = new Set(known.map(({ metadata }) => metadata.namespace));
  others.delete(platform.name);
  return {
    namespaces: [
      namespaceObject(platform.name, platform.labels),
      ...[...others].map((name) => namespaceObject(name)),
    ],
    pods: placed(known),
    policies,
    outside: [...new Set([NODE, ...OUTSIDE, ...edges(policies)])],
    ports: portsOf(objects, workloads),
  };
}
