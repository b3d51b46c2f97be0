import { type Duration, type Size, SizeRoundingBehavior } from 'cdk8s';
import { minutesUp } from '../../core/quantities.ts';
import { RESTRICTED_CONTAINER } from '../../security/pod-security.ts';
import type { TopicDefaults } from '../../messaging/message-broker.ts';
import { strimziNames } from './strimzi-names.ts';
import {
  CLUSTER_LABEL,
  type StrimziKafkaSpec,
  type StrimziNodePoolSpec,
  type StrimziResources,
} from './strimzi-objects.ts';

/**
 * What PodSecurity `restricted` asks for. Strimzi sets it only where its operator is told to, and
 * its pods would be turned away by the platform's namespace. Volumes belong to the group of its
 * images, 0.
 */
const POD = {
  securityContext: {
    runAsNonRoot: true,
    fsGroup: 0,
    seccompProfile: { type: 'RuntimeDefault' },
  },
};
/** As everywhere in the platform, but for a root file system that cannot be written, which is Strimzi's own affair. */
const CONTAINER = {
  securityContext: {
    allowPrivilegeEscalation: RESTRICTED_CONTAINER.allowPrivilegeEscalation,
    capabilities: RESTRICTED_CONTAINER.capabilities,
  },
};

function mebibytes(size: Size): number {
  return size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR });
}

function resources(cpu: string, memory: Size): StrimziResources {
  const quantity = `${mebibytes(memory)}Mi`;
  return { requests: { cpu, memory: quantity }, limits: { memory: quantity } };
}

/** What a cluster's specification depends on. */
export interface KafkaSpecOptions extends TopicDefaults {
  readonly cluster: string;
  readonly version: string | undefined;
  /** Whether brokers are spread over zones and know which one they are in. */
  readonly zones: boolean;
  readonly authentication: boolean;
  readonly port: number;
  /** Who may connect: peers of a network policy. */
  readonly clients: readonly object[];
  readonly offsetsRetention: Duration;
  readonly maxMessageSize: Size;
  /** Memory of each of the small programs beside the brokers. */
  readonly operatorMemory: Size;
}

function config(options: KafkaSpecOptions): Record<string, number | boolean> {
  const { replicationFactor, minInSyncReplicas } = options;
  const bytes = options.maxMessageSize.toKibibytes() * 1024;
  return {
    'auto.create.topics.enable': false,
    'num.partitions': options.partitions,
    'default.replication.factor': replicationFactor,
    'min.insync.replicas': minInSyncReplicas,
    'unclean.leader.election.enable': false,
    'log.retention.ms': options.retention.toMilliseconds(),
    'message.max.bytes': bytes,
    'replica.fetch.max.bytes': bytes,
    'offsets.topic.replication.factor': replicationFactor,
    'offsets.retention.minutes': minutesUp(options.offsetsRetention),
    'transaction.state.log.replication.factor': replicationFactor,
    'transaction.state.log.min.isr': minInSyncReplicas,
    'share.coordinator.state.topic.replication.factor': replicationFactor,
    'share.coordinator.state.topic.min.isr': minInSyncReplicas,
  };
}

/** Specification of the `Kafka`. */
export function kafkaSpec(options: KafkaSpecOptions): StrimziKafkaSpec {
  const { authentication, port, operatorMemory } = options;
  const small = resources('100m', operatorMemory);
  return {
    kafka: {
      ...(options.version !== undefined && { version: options.version }),
      listeners: [
        {
          name: authentication ? 'tls' : 'plain',
          port,
          type: 'internal',
          tls: authentication,
          ...(authentication && { authentication: { type: 'scram-sha-512' } }),
          // Without peers, Strimzi's own policy would let everybody in.
          networkPolicyPeers: options.clients,
        },
      ],
      ...(authentication && { authorization: { type: 'simple' } }),
      ...(options.zones && { rack: { topologyKey: 'topology.kubernetes.io/zone' } }),
      config: config(options),
      template: { podDisruptionBudget: { maxUnavailable: 1 } },
    },
    entityOperator: {
      topicOperator: { resources: small },
      ...(authentication && {
        userOperator: {
          resources: small,
          secretPrefix: strimziNames(options.cluster).userSecretPrefix,
        },
      }),
      template: {
        pod: POD,
        topicOperatorContainer: CONTAINER,
        ...(authentication && { userOperatorContainer: CONTAINER }),
      },
    },
    kafkaExporter: {
      topicRegex: '.*',
      groupRegex: '.*',
      resources: small,
      template: { pod: POD, container: CONTAINER },
    },
  };
}

/** What a pool of nodes depends on. */
export interface NodePoolOptions {
  readonly cluster: string;
  readonly name: string;
  readonly replicas: number;
  readonly roles: StrimziNodePoolSpec['roles'];
  readonly storage: Size;
  readonly storageClass: string | undefined;
  readonly memory: Size;
  readonly cpu: string;
}

function podTemplate({ cluster, name, replicas }: NodePoolOptions): object {
  const labelSelector = {
    matchLabels: { [CLUSTER_LABEL]: cluster, 'strimzi.io/pool-name': name },
  };
  return {
    ...POD,
    terminationGracePeriodSeconds: 120,
    ...(replicas > 1 && {
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            { topologyKey: 'kubernetes.io/hostname', labelSelector },
          ],
        },
      },
      topologySpreadConstraints: [
        {
          topologyKey: 'topology.kubernetes.io/zone',
          maxSkew: 1,
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector,
        },
      ],
    }),
  };
}

/** Specification of a `KafkaNodePool`; half of the memory is the heap. */
export function nodePoolSpec(options: NodePoolOptions): StrimziNodePoolSpec {
  const heap = `${Math.floor(mebibytes(options.memory) / 2)}m`;
  return {
    replicas: options.replicas,
    roles: options.roles,
    storage: {
      type: 'jbod',
      volumes: [
        {
          id: 0,
          type: 'persistent-claim',
          size: `${mebibytes(options.storage)}Mi`,
          ...(options.storageClass !== undefined && { class: options.storageClass }),
          kraftMetadata: 'shared',
          deleteClaim: false,
        },
      ],
    },
    resources: resources(options.cpu, options.memory),
    jvmOptions: { '-Xms': heap, '-Xmx': heap },
    template: {
      pod: podTemplate(options),
      kafkaContainer: CONTAINER,
      initContainer: CONTAINER,
    },
  };
}
