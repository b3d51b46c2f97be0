import type { Duration } from 'cdk8s';
import type { TopicSpec } from '../message-broker.ts';

/** Numbers of a cluster that depend on each other. */
export interface KafkaSizing {
  readonly replicas: number;
  readonly replicationFactor: number;
  readonly minInSyncReplicas: number;
}

/** Every reason why a cluster of this size would not work; empty when it would. */
export function kafkaSizingProblems(sizing: KafkaSizing, clusterId?: string): string[] {
  const { replicas, replicationFactor, minInSyncReplicas } = sizing;
  const problems: string[] = [];
  if (!Number.isInteger(replicas) || replicas < 1 || replicas % 2 === 0) {
    problems.push(
      `replicas (${replicas}) gives no usable quorum of controllers: use 1 for development, or an odd number of 3 or more`,
    );
  }
  problems.push(...replicationProblems({ replicas, replicationFactor, minInSyncReplicas }));
  if (clusterId !== undefined && !/^[A-Za-z0-9_-]{22}$/.test(clusterId)) {
    problems.push(
      `clusterId '${clusterId}' is not 16 bytes in URL-safe base64: make one with \`kafka-storage.sh random-uuid\``,
    );
  }
  return problems;
}

function replicationProblems(sizing: KafkaSizing): string[] {
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
  replicas: number,
  offsetsRetention: Duration,
): string[] {
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
    if (topic.retention.toMilliseconds() > offsetsRetention.toMilliseconds()) {
      problems.push(
        `topic '${topic.name}' keeps messages for ${topic.retention.toHumanString()}, but offsets expire after ${offsetsRetention.toHumanString()}: a consumer at zero would start over; raise offsetsRetention`,
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
