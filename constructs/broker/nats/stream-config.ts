import { Duration, type Size } from 'cdk8s';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { isTimed } from '../../messaging/topic-policies.ts';
import { deliverSubject, streamName } from './nats-names.ts';
import { maxPayload } from './server-config.ts';

/**
 * Time after which an event that has not been acknowledged is delivered again. A sidecar's retries
 * take about 35 seconds, and events in them should not come twice; what a pod had that was killed
 * waits this long.
 */
export const ACK_WAIT = Duration.seconds(40);

/**
 * Time in which a stream takes two messages of one id for the same. NATS looks at the id alone,
 * while an id is unique only within its source: a second event would be confirmed and dropped.
 * Consumers know repeats better, so this is the minimum that a server allows.
 */
const DUPLICATE_WINDOW = Duration.millis(100);

/** One consumer of a topic. */
export interface DurableConsumer {
  readonly topic: string;
  readonly appId: string;
  /** Events that all pods of the app together may have without having acknowledged them. */
  readonly maxInFlight: number;
}

function nanoseconds(duration: Duration): number {
  return duration.toMilliseconds() * 1_000_000;
}

/**
 * The stream of a topic, as the server's API takes it. It has no limit but the age: a full disk has
 * the server refuse further messages, and nothing is dropped that has been confirmed.
 *
 * @see https://docs.nats.io/nats-concepts/jetstream/streams
 */
export function streamConfig(topic: TopicSpec, maxMessageSize: Size): Record<string, unknown> {
  return {
    name: streamName(topic.name),
    subjects: [topic.name],
    retention: 'limits',
    storage: 'file',
    discard: 'new',
    num_replicas: topic.replicationFactor,
    // Nothing is too old for 0.
    max_age: isTimed(topic.retention) ? nanoseconds(topic.retention) : 0,
    max_msg_size: maxPayload(maxMessageSize),
    max_msgs: -1,
    max_bytes: -1,
    max_consumers: -1,
    duplicate_window: nanoseconds(DUPLICATE_WINDOW),
    allow_direct: false,
    deny_delete: true,
  };
}

/**
 * The durable consumer of an app on a topic. Dapr takes one that it finds, with the subject that it
 * delivers to, so all pods of the app share the events as members of one group. Made here, it has a
 * lag before a pod has ever listened, and apps need no right to make consumers, nor to listen to
 * anything that is for others.
 *
 * @see https://docs.nats.io/nats-concepts/jetstream/consumers
 */
export function consumerConfig(consumer: DurableConsumer): Record<string, unknown> {
  const { topic, appId } = consumer;
  return {
    durable_name: appId,
    name: appId,
    deliver_subject: deliverSubject(topic, appId),
    deliver_group: appId,
    filter_subject: topic,
    // With "new", events published before the consumer was made would be skipped.
    deliver_policy: 'all',
    replay_policy: 'instant',
    ack_policy: 'explicit',
    ack_wait: nanoseconds(ACK_WAIT),
    max_ack_pending: consumer.maxInFlight,
    // Without end: the sidecar decides what goes to the dead letters.
    max_deliver: -1,
  };
}
