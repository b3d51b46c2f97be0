import { PUBLISH_PROOF } from '@cdk8s-event-platform/contracts/interface';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { longestRetention } from '../../messaging/topic-policies.ts';

/** Longest time that a queue can keep messages for, in milliseconds: 49 days. */
const LONGEST_TTL = 2 ** 32 - 1;

/** An app that receives a topic. */
export interface QueueReader {
  readonly topic: string;
  readonly appId: string;
  /** Whether events of one key have to be processed in their order. */
  readonly ordered: boolean;
}

/** A queue behind a topic. */
export interface Queue {
  readonly name: string;
  readonly topic: string;
  /** The arguments that Dapr declares it with. Others would be an error. */
  readonly arguments: Readonly<Record<string, string | number | boolean>>;
  /** Milliseconds for which messages are kept that nobody reads. @default - until they are read */
  readonly ttl?: number;
}

/** The queue of an app for a topic, as Dapr names it. */
export function queueName(topic: string, appId: string): string {
  return `${appId}-${topic}`;
}

/** Arguments of a queue, by the settings of subscriptions. */
function queueArguments(ordered: boolean): Queue['arguments'] {
  return { 'x-queue-type': 'quorum', ...(ordered && { 'x-single-active-consumer': true }) };
}

/** Takes what producers publish as a proof, of which it keeps the last: nothing is read of it. */
const PROOF_QUEUE: Queue = {
  name: PUBLISH_PROOF.topic,
  topic: PUBLISH_PROOF.topic,
  arguments: { 'x-queue-type': 'classic', 'x-max-length': 1 },
};

/**
 * All queues, by name: one for each reader of a topic. A topic without readers has one that keeps
 * its messages, since an exchange drops what it has no queue for.
 */
export function queuesOf(topics: readonly TopicSpec[], readers: readonly QueueReader[]): Queue[] {
  const read = new Set(readers.map(({ topic }) => topic));
  return [
    PROOF_QUEUE,
    ...readers.map(({ topic, appId, ordered }) => ({
      name: queueName(topic, appId),
      topic,
      arguments: queueArguments(ordered),
    })),
    ...topics
      .filter(({ name }) => !read.has(name))
      .map(({ name, retention }) => ({
        name,
        topic: name,
        arguments: queueArguments(false),
        ttl: Math.min(LONGEST_TTL, longestRetention(retention).toMilliseconds()),
      })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
}
