import type { TopicSpec } from '../../messaging/message-broker.ts';
import { isTimed, type Retention } from '../../messaging/topic-policies.ts';

/**
 * How long Kafka keeps events. A topic that is compacted is left to Kafka's defaults: what is written within the last
 * `segment.ms`, 7 days, is there unabridged.
 */
export function retentionSettings(retention: Retention): Record<string, string | number> {
  if (isTimed(retention)) {
    return { 'retention.ms': retention.toMilliseconds() };
  }
  return retention === 'compacted'
    ? { 'cleanup.policy': 'compact' }
    : { 'cleanup.policy': 'delete', 'retention.ms': -1, 'retention.bytes': -1 };
}

/**
 * Settings of a topic, as Kafka names them.
 *
 * @see https://kafka.apache.org/41/documentation.html#topicconfigs
 */
export function topicSettings(topic: TopicSpec): Record<string, string | number> {
  return {
    ...retentionSettings(topic.retention),
    'min.insync.replicas': topic.minInSyncReplicas,
    ...(topic.compression !== undefined && { 'compression.type': topic.compression }),
    ...(topic.maxMessageSize !== undefined && {
      'max.message.bytes': topic.maxMessageSize.toKibibytes() * 1024,
    }),
  };
}
