import { type Duration, type Size, SizeRoundingBehavior } from 'cdk8s';
import { DEFAULT_RETRIES } from '../../dapr/retry-policy.ts';
import type { TopicSpec } from '../../messaging/message-broker.ts';
import { isTimed } from '../../messaging/topic-policies.ts';
import { eventMemory } from './server-files.ts';

/** Values of a cluster that are checked together. */
export interface RedisSizing {
  /** Servers. */
  readonly replicas: number;
  /** Servers that have to be there for anything to be written. */
  readonly minInSyncReplicas: number;
  readonly memory: Size;
  readonly storage: Size;
  readonly maxMessageSize: Size;
  /** When an event that was not acknowledged is delivered again. */
  readonly redeliverAfter: Duration;
  /** How long a primary may be silent. */
  readonly failoverAfter: Duration;
  /** Deliveries to one pod at the same time. */
  readonly concurrency: number;
}

/** Dapr's default retries take 35 s on average, and half as much again when their waits come out long. */
const MIN_REDELIVERY = 55;
/** A log that is rewritten has the old one beside it, which grows meanwhile. */
const STORAGE_FACTOR = 3;

function replicationProblems({ replicas, minInSyncReplicas }: RedisSizing): string[] {
  if (!Number.isInteger(replicas) || replicas < 1 || replicas % 2 === 0) {
    return [
      `replicas (${replicas}) gives Sentinel no majority: use 1 without it, or an odd number of 3 or more`,
    ];
  }
  const useful = Math.max(1, replicas - 1);
  if (!Number.isInteger(minInSyncReplicas) || minInSyncReplicas < 1) {
    return [`minInSyncReplicas (${minInSyncReplicas}) is not a count: use 1 to ${useful}`];
  }
  if (minInSyncReplicas > useful) {
    return [
      `minInSyncReplicas (${minInSyncReplicas}) of ${replicas} server${replicas === 1 ? '' : 's'}: the restart of one would stop writes; use at most ${useful}`,
    ];
  }
  return [];
}

/** Every reason why a cluster like this would not work; empty when it would. */
export function redisProblems(sizing: RedisSizing): string[] {
  const problems = replicationProblems(sizing);
  const messageBytes =
    sizing.maxMessageSize.toKibibytes({ rounding: SizeRoundingBehavior.NONE }) * 1024;
  if (messageBytes < 1024 ** 2 || messageBytes > 512 * 1024 ** 2) {
    problems.push(
      `maxMessageSize (${sizing.maxMessageSize.toKibibytes()} KiB) is not what Redis can be limited to: use 1 MiB to 512 MiB`,
    );
  }
  const events = eventMemory(sizing.memory);
  const storage = sizing.storage.toMebibytes();
  if (storage < STORAGE_FACTOR * events) {
    problems.push(
      `storage (${storage} MiB) is too little for ${events} MiB of events, half of the memory: a log that is rewritten is there twice, and grows meanwhile; use ${STORAGE_FACTOR * events} MiB or more`,
    );
  }
  const redeliver = sizing.redeliverAfter.toMilliseconds();
  if (redeliver < MIN_REDELIVERY * 1000) {
    problems.push(
      `redeliverAfter (${sizing.redeliverAfter.toHumanString()}) is shorter than the ${DEFAULT_RETRIES.maxRetries} retries of a delivery, and what fails would never get to the dead letters: use ${MIN_REDELIVERY} seconds or more, e.g. 60 seconds`,
    );
  }
  const failover = sizing.failoverAfter.toMilliseconds();
  if (failover < 1000) {
    problems.push(
      `failoverAfter (${sizing.failoverAfter.toHumanString()}) would take every pause for a failure: use 1 second or more, e.g. 30 seconds`,
    );
  }
  if (!Number.isInteger(sizing.concurrency) || sizing.concurrency < 1) {
    problems.push(
      `concurrency (${sizing.concurrency}) must be a whole number of at least 1, e.g. 32`,
    );
  }
  return problems;
}

/** Every reason why topics cannot be provisioned on these servers; empty when they can. */
export function streamProblems(
  topics: readonly TopicSpec[],
  sizing: Pick<RedisSizing, 'replicas' | 'minInSyncReplicas'>,
): string[] {
  const { replicas, minInSyncReplicas } = sizing;
  const servers = `${replicas} server${replicas === 1 ? '' : 's'}`;
  return topics.flatMap((topic) => [
    ...(/^[A-Za-z0-9._-]+$/.test(topic.name)
      ? []
      : [
          `topic '${topic.name}' has characters that mean something in the rights of accounts: use letters, digits, '.', '_' and '-'`,
        ]),
    ...(!Number.isInteger(topic.partitions) || topic.partitions < 1
      ? [`topic '${topic.name}' has ${topic.partitions} partitions: use 1 or more`]
      : []),
    ...(topic.replicationFactor > replicas
      ? [
          `topic '${topic.name}': replicationFactor (${topic.replicationFactor}) exceeds the ${servers}, each of which has all streams: use at most ${replicas}, or more servers`,
        ]
      : []),
    ...(topic.minInSyncReplicas > minInSyncReplicas
      ? [
          `topic '${topic.name}': minInSyncReplicas (${topic.minInSyncReplicas}) exceeds that of the servers (${minInSyncReplicas}), which holds for all streams: use at most ${minInSyncReplicas}, or raise it there`,
        ]
      : []),
    ...(isTimed(topic.retention) && topic.retention.toMilliseconds() < 60_000
      ? [
          `topic '${topic.name}' keeps events for ${topic.retention.toHumanString()}, and streams are trimmed once a minute: use 1 minute or more`,
        ]
      : []),
  ]);
}
