import { Lazy, type Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { commonLabels, selectorLabels, shortHash } from '../../core/names.ts';
import { bytes } from '../../core/quantities.ts';
import { ServerAlerts } from '../../observability/server-alerts.ts';
import { restrictedPod } from '../../security/pod-security.ts';
import { servicePorts, containerPorts } from '../../core/workloads.ts';

/** A server process of a broker: what differs between brokers. */
export interface ServerContainer {
  /** Name of the container. @default - the name of the StatefulSet */
  readonly name?: string;
  readonly image: string;
  readonly command: readonly string[];
  /** Asked for when everything is declared, where it is a function. */
  readonly env: readonly k8s.EnvVar[] | (() => readonly k8s.EnvVar[]);
  /** Container ports by name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly startupProbe?: k8s.Probe;
  readonly readinessProbe: k8s.Probe;
  readonly lifecycle?: k8s.Lifecycle;
  readonly resources: k8s.ResourceRequirements;
  /** Further mounts, beside data, configuration and `/tmp`. @default - none */
  readonly mounts?: readonly k8s.VolumeMount[];
}

/** Properties of {@link BrokerServers}. */
export interface BrokerServersProps {
  /** Name of the StatefulSet and of the client Service; the headless one is `<name>-headless`. */
  readonly name: string;
  readonly replicas: number;
  /** Numeric user that the processes run as and that owns the volumes. */
  readonly user: number;
  /** The first is the broker itself. */
  readonly containers: readonly [ServerContainer, ...ServerContainer[]];
  /** Run one after another before the containers start. @default - none */
  readonly initContainers?: readonly k8s.Container[];
  /** Names of those ports of the first container that the client Service has; none: no Service. */
  readonly clientPorts: readonly string[];
  /** Configuration files by name; asked for when everything is declared. */
  readonly files: () => Readonly<Record<string, string>>;
  /** Folder of the configuration files. */
  readonly configPath: string;
  /** Folder of the data volume. */
  readonly dataPath: string;
  /** Volume of each server, or what tells it when everything is declared. */
  readonly storage: Size | (() => Size);
  /** @default - the cluster's own default */
  readonly storageClass?: string | undefined;
  /** Time for an orderly stop, in seconds. */
  readonly gracePeriodSeconds: number;
  /** Further volumes, such as certificates. @default - none */
  readonly volumes?: readonly k8s.Volume[];
}

/** Name of the data volume. */
const DATA = 'data';

/**
 * The StatefulSet of a broker with its Services, configuration, volumes and disruption budget. Pods
 * start together, are found before they are ready (members of a quorum have to find each other
 * first), stay on different nodes and, where possible, in different zones.
 */
export class BrokerServers extends Construct {
  /** Name of the StatefulSet. */
  public readonly name: string;
  /** The generated StatefulSet. */
  public readonly statefulSet: k8s.KubeStatefulSet;
  /** The generated ConfigMap. */
  public readonly config: k8s.KubeConfigMap;
  /** The generated PodDisruptionBudget. */
  public readonly disruptionBudget: k8s.KubePodDisruptionBudget;
  /** The generated Service of the servers, each under a name of its own. */
  public readonly headlessService: k8s.KubeService;
  /** The generated Service of clients; undefined where none connect. */
  public readonly service: k8s.KubeService | undefined;

  public constructor(scope: Construct, id: string, props: BrokerServersProps) {
    super(scope, id);
    const { name, replicas } = props;
    this.name = name;
    const labels = commonLabels(name, 'broker');
    const selector = selectorLabels(name);
    this.config = new k8s.KubeConfigMap(this, 'config', {
      metadata: { name: `${name}-config`, labels },
      data: Lazy.any({ produce: props.files }) as Record<string, string>,
    });
    this.service = this.#addService(props);
    this.headlessService = this.#addHeadlessService(props);
    this.disruptionBudget = new k8s.KubePodDisruptionBudget(this, 'disruption-budget', {
      metadata: { name, labels },
      spec: {
        maxUnavailable: k8s.IntOrString.fromNumber(1),
        selector: { matchLabels: selector },
      },
    });
    this.statefulSet = new k8s.KubeStatefulSet(this, 'stateful-set', {
      metadata: { name, labels },
      spec: {
        serviceName: `${name}-headless`,
        replicas,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: selector },
        template: {
          metadata: {
            labels,
            annotations: Lazy.any({
              // Servers read their configuration when they start.
              produce: () => ({ 'event-platform/config-hash': shortHash(props.files()) }),
            }) as Record<string, string>,
          },
          spec: podOf(props),
        },
        volumeClaimTemplates: [dataVolume(props)],
      },
    });
    new ServerAlerts(this, 'alerts', { name, replicas });
  }

  #addService({
    name,
    containers: [broker],
    clientPorts,
  }: BrokerServersProps): k8s.KubeService | undefined {
    return clientPorts.length === 0
      ? undefined
      : new k8s.KubeService(this, 'service', {
          metadata: { name, labels: commonLabels(name, 'broker') },
          spec: {
            selector: selectorLabels(name),
            ports: servicePorts(
              Object.fromEntries(clientPorts.map((port) => [port, broker.ports[port]!])),
            ),
          },
        });
  }

  #addHeadlessService({ name, containers }: BrokerServersProps): k8s.KubeService {
    return new k8s.KubeService(this, 'headless', {
      metadata: { name: `${name}-headless`, labels: commonLabels(name, 'broker') },
      spec: {
        selector: selectorLabels(name),
        clusterIp: 'None',
        publishNotReadyAddresses: true,
        ports: containers.flatMap(({ ports }) =>
          Object.entries(ports).map(([portName, port]) => ({ name: portName, port })),
        ),
      },
    });
  }
}

function podOf(props: BrokerServersProps): k8s.PodSpec {
  const { name, containers, initContainers, volumes = [] } = props;
  const selector = selectorLabels(name);
  return restrictedPod(props.user, {
    terminationGracePeriodSeconds: props.gracePeriodSeconds,
    ...(props.replicas > 1 && {
      affinity: spreadByHost(selector),
      topologySpreadConstraints: [spreadByZone(selector)],
    }),
    ...(initContainers && { initContainers: [...initContainers] }),
    containers: containers.map((container) => ({
      name: container.name ?? name,
      image: container.image,
      command: [...container.command],
      env: envOf(container),
      ports: containerPorts(container.ports),
      ...(container.startupProbe && { startupProbe: container.startupProbe }),
      readinessProbe: container.readinessProbe,
      ...(container.lifecycle && { lifecycle: container.lifecycle }),
      resources: container.resources,
      volumeMounts: [
        { name: DATA, mountPath: props.dataPath },
        { name: 'config', mountPath: props.configPath, readOnly: true },
        { name: 'tmp', mountPath: '/tmp' },
        ...(container.mounts ?? []),
      ],
    })),
    volumes: [
      { name: 'config', configMap: { name: `${name}-config` } },
      { name: 'tmp', emptyDir: {} },
      ...volumes,
    ],
  });
}

function dataVolume({
  storage,
  storageClass,
}: BrokerServersProps): k8s.KubePersistentVolumeClaimProps {
  const requests = () => ({ storage: bytes(typeof storage === 'function' ? storage() : storage) });
  return {
    metadata: { name: DATA },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: Lazy.any({ produce: requests }) as Record<string, k8s.Quantity> },
      ...(storageClass !== undefined && { storageClassName: storageClass }),
    },
  };
}

function envOf({ env }: ServerContainer): k8s.EnvVar[] {
  return typeof env === 'function'
    ? (Lazy.any({ produce: () => [...env()] }) as k8s.EnvVar[])
    : [...env];
}

function spreadByHost(matchLabels: Record<string, string>): k8s.Affinity {
  return {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels } },
      ],
    },
  };
}

function spreadByZone(matchLabels: Record<string, string>): k8s.TopologySpreadConstraint {
  return {
    topologyKey: 'topology.kubernetes.io/zone',
    maxSkew: 1,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels },
  };
}
