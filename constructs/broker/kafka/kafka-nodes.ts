import { createHash } from 'node:crypto';
import { Lazy, type Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { EventPlatform } from '../../core/event-platform.ts';
import { commonLabels, selectorLabels, shortHash } from '../../core/names.ts';
import { mebibytes } from '../../core/quantities.ts';
import { RESTRICTED_CONTAINER, restrictedPod } from '../../security/pod-security.ts';
import { heapOptions, KAFKA_PORTS, LOG4J2_YAML } from './server-properties.ts';

/** User id of the `appuser` in Kafka's image. */
export const KAFKA_USER = 1000;

/** Properties of {@link KafkaNodes}. */
export interface KafkaNodesProps {
  readonly name: string;
  readonly replicas: number;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  readonly memory: Size;
  readonly cpuRequest: string;
  readonly clusterId: string | undefined;
  readonly image: string;
  /** Called when everything is declared. */
  readonly serverProperties: () => string;
}

/** A cluster id that is the same in every synthesis: 16 bytes in URL-safe base64. */
function derivedClusterId(namespace: string, name: string): string {
  const digest = createHash('sha256').update(`kafka/${namespace}/${name}`).digest();
  return digest.subarray(0, 16).toString('base64url');
}

const START_SCRIPT = `set -euo pipefail
/opt/kafka/bin/kafka-storage.sh format --ignore-formatted --cluster-id "$CLUSTER_ID" --config /etc/kafka/server.properties
exec /opt/kafka/bin/kafka-server-start.sh /etc/kafka/server.properties
`;

/** The StatefulSet of a Kafka cluster, its Services, configuration and disruption budget. */
export class KafkaNodes extends Construct {
  /** Name of the StatefulSet. */
  public readonly name: string;
  /** The generated StatefulSet. */
  public readonly statefulSet: k8s.KubeStatefulSet;

  public constructor(scope: Construct, id: string, props: KafkaNodesProps) {
    super(scope, id);
    this.name = props.name;
    const { environment } = EventPlatform.of(this);
    const { name } = props;
    const labels = commonLabels(name, 'broker');
    const selector = selectorLabels(name);
    const files = () => ({
      'server.properties': props.serverProperties(),
      'log4j2.yaml': LOG4J2_YAML,
    });
    const clientPort = k8s.IntOrString.fromString('client');

    new k8s.KubeConfigMap(this, 'config', {
      metadata: { name: `${name}-config`, labels },
      data: Lazy.any({ produce: files }) as Record<string, string>,
    });
    new k8s.KubeService(this, 'service', {
      metadata: { name, labels },
      spec: {
        selector,
        ports: [{ name: 'client', port: KAFKA_PORTS.client, targetPort: clientPort }],
      },
    });
    new k8s.KubeService(this, 'headless', {
      metadata: { name: `${name}-headless`, labels },
      spec: {
        selector,
        clusterIp: 'None',
        // Controllers have to find each other before any of them can become ready.
        publishNotReadyAddresses: true,
        ports: Object.entries(KAFKA_PORTS).map(([portName, port]) => ({ name: portName, port })),
      },
    });
    new k8s.KubePodDisruptionBudget(this, 'disruption-budget', {
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
        replicas: props.replicas,
        podManagementPolicy: 'Parallel',
        selector: { matchLabels: selector },
        template: {
          metadata: {
            labels,
            annotations: Lazy.any({
              // Kafka reads its configuration only when it starts.
              produce: () => ({ 'event-platform/config-hash': shortHash(files()) }),
            }) as Record<string, string>,
          },
          spec: {
            automountServiceAccountToken: false,
            // Each KAFKA_… variable of a Service would be taken for a setting.
            enableServiceLinks: false,
            securityContext: restrictedPod(KAFKA_USER),
            terminationGracePeriodSeconds: 120,
            ...(props.replicas > 1 && { affinity: spreadByHost(selector) }),
            ...(props.replicas > 1 && { topologySpreadConstraints: [spreadByZone(selector)] }),
            containers: [
              {
                name: 'kafka',
                image: props.image,
                command: ['/bin/bash', '-ec', START_SCRIPT],
                env: [
                  {
                    name: 'NODE_ID',
                    valueFrom: {
                      fieldRef: { fieldPath: "metadata.labels['apps.kubernetes.io/pod-index']" },
                    },
                  },
                  {
                    name: 'POD_NAME',
                    valueFrom: { fieldRef: { fieldPath: 'metadata.name' } },
                  },
                  {
                    name: 'CLUSTER_ID',
                    value: props.clusterId ?? derivedClusterId(environment.namespace, name),
                  },
                  { name: 'KAFKA_HEAP_OPTS', value: heapOptions(props.memory) },
                  {
                    name: 'KAFKA_LOG4J_OPTS',
                    value: '-Dlog4j2.configurationFile=/etc/kafka/log4j2.yaml',
                  },
                  { name: 'LOG_DIR', value: '/tmp' },
                  // The start script's own value would write a garbage-collection log.
                  { name: 'EXTRA_ARGS', value: '-name kafkaServer' },
                ],
                ports: Object.entries(KAFKA_PORTS).map(([portName, containerPort]) => ({
                  name: portName,
                  containerPort,
                })),
                startupProbe: {
                  tcpSocket: { port: clientPort },
                  periodSeconds: 5,
                  failureThreshold: 60,
                },
                readinessProbe: { tcpSocket: { port: clientPort }, periodSeconds: 10 },
                resources: {
                  requests: {
                    cpu: k8s.Quantity.fromString(props.cpuRequest),
                    memory: mebibytes(props.memory),
                  },
                  limits: { memory: mebibytes(props.memory) },
                },
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [
                  { name: 'data', mountPath: '/var/lib/kafka/data' },
                  { name: 'config', mountPath: '/etc/kafka', readOnly: true },
                  { name: 'tmp', mountPath: '/tmp' },
                ],
              },
            ],
            volumes: [
              { name: 'config', configMap: { name: `${name}-config` } },
              { name: 'tmp', emptyDir: {} },
            ],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: {
              accessModes: ['ReadWriteOnce'],
              resources: { requests: { storage: mebibytes(props.storage) } },
              ...(props.storageClass !== undefined && { storageClassName: props.storageClass }),
            },
          },
        ],
      },
    });
  }
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
