import { Size } from 'cdk8s';
import { PUBLISH_PROOF } from '@cdk8s-event-platform/contracts/interface';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import type { Queue } from './queues.ts';

/** The largest message of a platform, in MiB: a server can be told to take 512. */
const MAX_MEBIBYTES = 128;

/**
 * Largest message that servers take: more than gets through a sidecar, which takes twice the largest
 * event but 4 MiB at least, and encodes it. A server closes the connection over a message that is too
 * large, which Dapr would take for a confirmation.
 */
export function largestMessage(maxMessageSize: Size): Size {
  return Size.kibibytes(4 * Math.max(4 * 1024, maxMessageSize.toKibibytes()));
}

/** Copies of a queue where there are as many servers. */
const COPIES = 3;

/** Copies of a queue in a cluster of this size. */
export function copies(replicas: number): number {
  return Math.min(COPIES, replicas);
}

/** Every reason why a cluster of this size would not work; empty when it would. */
export function rabbitMqSizingProblems(replicas: number, maxMessageSize: Size): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(replicas) || replicas < 1 || replicas % 2 === 0) {
    problems.push(
      `replicas (${replicas}) gives no majority that survives a server: use 1 for development, or an odd number of 3 or more`,
    );
  }
  const kibibytes = maxMessageSize.toKibibytes();
  if (kibibytes > MAX_MEBIBYTES * 1024) {
    problems.push(
      `maxMessageSize (${kibibytes / 1024} MiB) is more than RabbitMQ takes: use at most ${MAX_MEBIBYTES} MiB, and have events refer to what is larger`,
    );
  }
  return problems;
}

/** Every reason why topics and queues cannot be provisioned; empty when they can. */
export function topologyProblems(
  topics: readonly TopicSpec[],
  queues: readonly Queue[],
  replicas: number,
): string[] {
  const problems: string[] = [];
  for (const { name, partitions, replicationFactor } of topics) {
    if (name.startsWith('amq.')) {
      problems.push(`topic '${name}' has a name that RabbitMQ keeps for itself: rename it`);
    }
    if (name === PUBLISH_PROOF.topic) {
      problems.push(`topic '${name}' is where producers prove what they have published: rename it`);
    }
    if (!Number.isInteger(partitions) || partitions < 1) {
      problems.push(`topic '${name}' has ${partitions} partitions: use 1 or more`);
    }
    if (replicationFactor > copies(replicas)) {
      problems.push(
        `topic '${name}': replicationFactor (${replicationFactor}) exceeds the ${copies(replicas)} ${replicas === 1 ? 'copy' : 'copies'} that ${replicas} ${replicas === 1 ? 'server keeps' : 'servers keep'}: use at most ${copies(replicas)}${replicas < COPIES ? `, or ${COPIES} replicas` : ''}`,
      );
    }
  }
  const topicOf = new Map<string, string>();
  for (const { name, topic } of queues) {
    if (name.length > 255) {
      problems.push(
        `queue '${name}' has ${name.length} characters, and RabbitMQ allows 255: use a shorter topic or app id`,
      );
    }
    const other = topicOf.get(name);
    if (other !== undefined) {
      problems.push(
        `topics '${other}' and '${topic}' would share the queue '${name}', which is made of app id and topic: rename a topic or an app`,
      );
    }
    topicOf.set(name, topic);
  }
  return problems;
}
