import * as pulumi from '@pulumi/pulumi';
import { withCode } from '@cdk8s-event-platform/contracts/internal';

/** What a topic has and shall have. */
export interface PartitionChange {
  readonly topic: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Why the partitions of a topic must not be changed so; undefined when they may. More partitions put a key into another one,
 * where its newer events could be processed before older ones.
 *
 * @param ordered topics whose consumers need the order of a key.
 * @param drained topics of which nothing is unprocessed, and to which nothing publishes, as the deployer says.
 */
export function growthProblem(
  { topic, from, to }: PartitionChange,
  ordered: ReadonlySet<string>,
  drained: readonly string[],
): string | undefined {
  if (to < from) {
    return `topic '${topic}' has ${from} partitions and ${to} are declared: Kafka cannot take any away without their events; declare ${from}, or a topic of another name`;
  }
  return to > from && ordered.has(topic) && !drained.includes(topic)
    ? `topic '${topic}' has ${from} partitions and ${to} are declared, and its events keep the order of a key: scale its publishers to 0, wait until its consumers have no lag, and say so: pulumi config set drainedTopics ${topic}`
    : undefined;
}

function partitionsOf(inputs: Readonly<Record<string, unknown>> | undefined): number {
  return Number(inputs?.partitionCount);
}

/**
 * Refuses a change of partitions that would cost events or their order, in previews as well.
 *
 * @param ordered topics whose consumers need the order of a key.
 */
export function topicGuard(
  name: string,
  ordered: ReadonlySet<string>,
  drained: readonly string[],
): pulumi.ResourceHook {
  return new pulumi.ResourceHook(
    `${name}-partitions`,
    ({ oldInputs, newInputs }) => {
      const problem = growthProblem(
        {
          topic: String((newInputs as { name?: string } | undefined)?.name),
          from: partitionsOf(oldInputs),
          to: partitionsOf(newInputs),
        },
        ordered,
        drained,
      );
      if (problem !== undefined) {
        throw new Error(withCode('EP7002', problem));
      }
    },
    { onDryRun: true },
  );
}
