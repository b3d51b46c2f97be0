import type { Duration, Size } from 'cdk8s';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { isTimed, longestRetention, retentionText } from '../../messaging/topic-policies.ts';

/** Numbers of a cluster that depend on each other. */
export interface KafkaSizing {
  /** Brokers. */
  readonly replicas: number;
  /** Controllers in pods of their own; undefined where brokers are controllers. */
  readonly controllers?: number | undefined;
  readonly replicationFactor: number;
  readonly minInSyncReplicas: number;
}

/** Every reason why a cluster of this size would not work; empty when it would. */
export function kafkaSizingProblems(
  sizing: KafkaSizing,
  options: { readonly production?: boolean; readonly clusterId?: string | undefined } = {},
): string[] {
  const { replicas, controllers } = sizing;
  const { production = false, clusterId } = options;
  const problems: string[] = [];
  const [quorum, property] =
    controllers === undefined ? [replicas, 'replicas'] : [controllers, 'controllers.replicas'];
  if (!Number.isInteger(quorum) || quorum < 1 || quorum % 2 === 0) {
    problems.push(
      `${property} (${quorum}) gives no usable quorum of controllers: use 1 for development, or an odd number of 3 or more`,
    );
  } else if (production && quorum < 3) {
    problems.push(
      `${property} (${quorum}) leaves no controller when one is restarted: use 3 or more in production`,
    );
  }
  if (controllers !== undefined && (!Number.isInteger(replicas) || replicas < 1)) {
    problems.push(`replicas (${replicas}) is not a number of brokers: use 1 or more`);
  }
  problems.push(...replicationProblems(sizing));
  if (clusterId !== undefined && !/^[A-Za-z0-9_-]{22}$/.test(clusterId)) {
    problems.push(
      `clusterId '${clusterId}' is not 16 bytes in URL-safe base64: make one with \`kafka-storage.sh random-uuid\``,
    );
  }
  return problems;
}

/** Settings of `server.properties` that follow from what is declared. */
const DERIVED =
  /^(process\.roles|node\.id|broker\.|controller\.|listener|advertised\.|inter\.broker|log\.dirs?$|auto\.create|num\.partitions|default\.replication|min\.insync|unclean|log\.retention|message\.max|replica\.fetch\.max\.bytes|offsets\.|transaction\.|ssl\.|sasl\.|authorizer|super\.users|config\.providers)/;

/** Every setting that a property of the construct decides. */
export function propertyProblems(properties: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(properties)
    .filter((key) => DERIVED.test(key))
    .map(
      (key) =>
        `properties '${key}' follows from what is declared: use the property of the construct for it, or leave it out`,
    );
}

/** Whether volumes of a declared size hold what the topics are declared to get. */
export function storageProblems(declared: Size | undefined, needed: Size): string[] {
  return declared !== undefined && declared.toMebibytes() < needed.toMebibytes()
    ? [
        `storage (${declared.toMebibytes()} MiB) of each broker is less than the declared throughput of the topics fills: use ${needed.toGibibytes()} GiB or more, a shorter retention, or leave storage out`,
      ]
    : [];
}

/** Every reason why copies would not work on this many brokers; empty when they would. */
export function replicationProblems(sizing: KafkaSizing): string[] {
  const { replicas, replicationFactor, minInSyncReplicas } = sizing;
  if (!Number.isInteger(replicationFactor) || replicationFactor < 1) {
    return [`replicationFactor (${replicationFactor}) is not a count: use 1 to ${replicas}`];
  }
  if (replicationFactor > replicas) {
    return [
      `replicationFactor (${replicationFactor}) exceeds the ${replicas} broker${replicas === 1 ? '' : 's'}: use at most ${replicas}, or more brokers`,
    ];
  }
  if (!Number.isInteger(minInSyncReplicas) || minInSyncReplicas < 1) {
    return [
      `minInSyncReplicas (${minInSyncReplicas}) is not a count: use ${Math.max(1, replicationFactor - 1)}`,
    ];
  }
  if (minInSyncReplicas > replicationFactor) {
    return [
      `minInSyncReplicas (${minInSyncReplicas}) exceeds the replication factor (${replicationFactor}): nothing could ever be written; use ${Math.max(1, replicationFactor - 1)}`,
    ];
  }
  if (minInSyncReplicas === replicationFactor && replicationFactor > 1) {
    return [
      `minInSyncReplicas (${minInSyncReplicas}) equals the replication factor: the restart of one broker would stop writes; use ${replicationFactor - 1}`,
    ];
  }
  return [];
}

/** Every reason why topics cannot be provisioned on this many brokers; empty when they can. */
export function topicProblems(
  topics: readonly TopicSpec[],
  cluster: {
    readonly brokers: number;
    readonly offsetsRetention: Duration;
    readonly maxMessageSize: Size;
  },
): string[] {
  const { brokers: replicas, offsetsRetention, maxMessageSize } = cluster;
  const problems: string[] = [];
  const metricNames = new Map<string, string>();
  for (const topic of topics) {
    if (topic.name.length > 249) {
      problems.push(
        `topic '${topic.name}' has ${topic.name.length} characters, and Kafka allows 249: use a shorter topic or app id`,
      );
    }
    if (!Number.isInteger(topic.partitions) || topic.partitions < 1) {
      problems.push(`topic '${topic.name}' has ${topic.partitions} partitions: use 1 or more`);
    }
    for (const problem of replicationProblems({ replicas, ...topic })) {
      problems.push(`topic '${topic.name}': ${problem}`);
    }
    if (longestRetention(topic.retention).toMilliseconds() > offsetsRetention.toMilliseconds()) {
      problems.push(
        isTimed(topic.retention)
          ? `topic '${topic.name}' keeps messages for ${topic.retention.toHumanString()}, but offsets expire after ${offsetsRetention.toHumanString()}: a consumer at zero would start over; raise offsetsRetention`
          : `topic '${topic.name}' has retention '${retentionText(topic.retention)}', but offsets expire after ${offsetsRetention.toHumanString()}: a consumer at zero would start over; use an offsetsRetention of ${longestRetention(topic.retention).toDays()} days, offsets.retention.minutes=${longestRetention(topic.retention).toMinutes()} of the brokers`,
      );
    }
    if (
      topic.maxMessageSize !== undefined &&
      topic.maxMessageSize.toKibibytes() > maxMessageSize.toKibibytes()
    ) {
      problems.push(
        `topic '${topic.name}': maxMessageSize (${topic.maxMessageSize.toKibibytes()} KiB) exceeds the broker's (${maxMessageSize.toKibibytes()} KiB), and sidecars would refuse such events; use at most that, or raise the broker's`,
      );
    }
    const metricName = topic.name.replaceAll('.', '_');
    const other = metricNames.get(metricName);
    if (other !== undefined) {
      problems.push(
        `topics '${other}' and '${topic.name}' differ only by '.' and '_', which Kafka's metrics cannot tell apart: rename one`,
      );
    }
    metricNames.set(metricName, topic.name);
  }
  return problems;
}
