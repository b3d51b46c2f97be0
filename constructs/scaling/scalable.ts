import type { IConstruct } from 'constructs';
import { coded, having, shown } from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from '../core/errors.ts';

/** A workload that a scaler can scale. */
export const scalableCheck = having(
  'a workload, e.g. an IdempotentConsumer',
  'deploymentName',
  'attachScaler',
);

/** What the pods of one consumer group share. */
export interface SharedTopic {
  /** Name of the topic. */
  readonly name: string;
  /** Partitions of the topic. */
  readonly partitions: number;
}

/** A workload whose number of pods a scaler can set. */
export interface IScalable extends IConstruct {
  /** Name of the Deployment. */
  readonly deploymentName: string;
  /** Whether its containers request CPU, which a CPU target is a ratio of. */
  readonly hasCpuRequest: boolean;
  /** A topic whose partitions its pods share: more pods than partitions stay idle. @default - none */
  readonly sharedTopic?: SharedTopic | undefined;
  /** Whether it needs a pod at all times: it is not scaled to zero. @default false */
  readonly alwaysRuns?: boolean;
  /** Leaves the number of pods to a scaler. Called by the scaler. */
  attachScaler(): void;
}

/** Why pods would stay idle; undefined when they would not. */
export function podsProblem(
  what: string,
  pods: number,
  topic: SharedTopic | undefined,
): string | undefined {
  return topic === undefined || pods <= topic.partitions
    ? undefined
    : `${what} (${pods}) exceeds the ${topic.partitions} partitions of topic '${topic.name}': consumers beyond the partition count stay idle; use at most ${topic.partitions}, or raise partitions`;
}

const scalerOf = new WeakMap<IScalable, IConstruct>();

/** Why a workload cannot have another scaler: two would undo each other's decisions. */
export function scaledProblem(target: IScalable): string | undefined {
  const other = scalerOf.get(target);
  return other === undefined
    ? undefined
    : `Deployment '${target.deploymentName}' is scaled by '${other.node.path}' already, and two scalers would undo each other's decisions: keep one; a KedaLagScaler can take CPU as a second trigger`;
}

/** Gives a workload its one scaler. @throws DeclarationError when it has one. */
export function claimTarget(target: IScalable, scaler: IConstruct): void {
  const problem = scaledProblem(target);
  if (problem !== undefined) {
    throw new DeclarationError(scaler, ...coded('EP4003', problem));
  }
  scalerOf.set(target, scaler);
  target.attachScaler();
}

/** Every reason why bounds are not usable; empty when they are. */
export function boundsProblems(minReplicas: number, maxReplicas: number): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(minReplicas) || minReplicas < 0) {
    problems.push(`minReplicas (${shown(minReplicas)}) is not a count: use 0 or more`);
  }
  if (!Number.isInteger(maxReplicas) || maxReplicas < 1) {
    problems.push(`maxReplicas (${shown(maxReplicas)}) is not a count: use 1 or more`);
  }
  if (problems.length === 0 && minReplicas > maxReplicas) {
    problems.push(
      `minReplicas (${minReplicas}) exceeds maxReplicas (${maxReplicas}): use at most ${maxReplicas}`,
    );
  }
  return problems;
}
