import type { Size } from 'cdk8s';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { isTimed } from '../../messaging/topic-policies.ts';
import { streamName } from './nats-names.ts';

/** Longest name of a stream. */
const MAX_NAME_LENGTH = 255;
/** A server keeps no more for a client than this, and a message has to fit with its headers. */
const MAX_MESSAGE_MEBIBYTES = 63;

/** Numbers of a cluster that depend on each other. */
export interface NatsSizing {
  readonly replicas: number;
  readonly replicationFactor: number;
}

/** Copies that have a message before it is confirmed: most of them. */
export function majority(copies: number): number {
  return Math.floor(copies / 2) + 1;
}

/** Every reason why a cluster of this size would not work; empty when it would. */
export function natsSizingProblems(sizing: NatsSizing, maxMessageSize: Size): string[] {
  const { replicas } = sizing;
  const problems: string[] = [];
  if (!Number.isInteger(replicas) || replicas < 1 || replicas % 2 === 0) {
    problems.push(
      `replicas (${replicas}) gives no usable majority of servers: use 1 for development, or an odd number of 3 or more`,
    );
  }
  problems.push(...copiesProblems(sizing));
  if (maxMessageSize.toKibibytes() > MAX_MESSAGE_MEBIBYTES * 1024) {
    problems.push(
      `maxMessageSize (${maxMessageSize.toKibibytes()} KiB) is more than NATS takes: use at most ${MAX_MESSAGE_MEBIBYTES} MiB, better 8 MiB, and keep what is larger elsewhere`,
    );
  }
  return problems;
}

function copiesProblems({ replicas, replicationFactor }: NatsSizing): string[] {
  if (![1, 3, 5].includes(replicationFactor)) {
    return [`replicationFactor (${replicationFactor}) must be 1, 3 or 5, which have a majority`];
  }
  if (replicationFactor > replicas) {
    return [
      `replicationFactor (${replicationFactor}) exceeds the ${replicas} server${replicas === 1 ? '' : 's'}: use at most ${replicas}, or more servers`,
    ];
  }
  return [];
}

/** Every reason why topics cannot be streams on this many servers; empty when they can. */
export function topicProblems(topics: readonly TopicSpec[], replicas: number): string[] {
  const problems: string[] = [];
  const streams = new Map<string, string>();
  for (const topic of topics) {
    const { name, partitions, replicationFactor, minInSyncReplicas } = topic;
    if (!/^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/.test(name)) {
      problems.push(
        `topic '${name}' is not a NATS subject: use letters, digits, '_' and '-', with single dots between them, starting with a letter or digit`,
      );
    }
    if (name.length > MAX_NAME_LENGTH) {
      problems.push(
        `topic '${name}' has ${name.length} characters, and the name of a stream ${MAX_NAME_LENGTH} at most: use a shorter topic or app id`,
      );
    }
    if (!Number.isInteger(partitions) || partitions < 1) {
      problems.push(`topic '${name}' has ${partitions} partitions: use 1 or more`);
    }
    const [copies] = copiesProblems({ replicas, replicationFactor });
    if (copies !== undefined) {
      problems.push(`topic '${name}': ${copies}`);
    } else if (minInSyncReplicas > majority(replicationFactor)) {
      problems.push(
        `topic '${name}': minInSyncReplicas (${minInSyncReplicas}) is more than JetStream waits for: it confirms when ${majority(replicationFactor)} of ${replicationFactor} copies have a message; use at most ${majority(replicationFactor)}, or more copies`,
      );
    }
    if (isTimed(topic.retention) && topic.retention.toMilliseconds() < 1000) {
      problems.push(
        `topic '${name}' keeps messages for ${topic.retention.toHumanString()}: use 1 second or more`,
      );
    }
    const other = streams.get(streamName(name));
    if (other !== undefined) {
      problems.push(
        `topics '${other}' and '${name}' differ only by '.' and '_', and would be one stream '${streamName(name)}': rename one`,
      );
    }
    streams.set(streamName(name), name);
  }
  return problems;
}
