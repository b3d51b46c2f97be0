import { type KafkaSizing, replicationProblems } from '../kafka-protocol/kafka-checks.ts';

/** Numbers of a cluster that depend on each other; `replicas` are the brokers. */
export interface StrimziSizing extends KafkaSizing {
  /** Nodes that are controllers only; 0 when the brokers are controllers as well. */
  readonly controllers: number;
}

/** Every reason why a cluster of this size would not work; empty when it would. */
export function strimziSizingProblems(sizing: StrimziSizing, production: boolean): string[] {
  const { replicas, controllers } = sizing;
  const problems: string[] = [];
  if (!Number.isInteger(replicas) || replicas < 1) {
    problems.push(`replicas (${replicas}) is not a count of brokers: use 1 or more`);
  }
  const [what, quorum] = controllers === 0 ? ['replicas', replicas] : ['controllers', controllers];
  if (!Number.isInteger(quorum) || quorum < 1 || quorum % 2 === 0) {
    problems.push(
      `${what} (${quorum}) gives no usable quorum of controllers: use 1 for development, or an odd number of 3 or more`,
    );
  } else if (production && quorum < 3) {
    problems.push(
      `${what} (${quorum}) makes one controller, whose restart stops the cluster in production: use 3 or 5`,
    );
  }
  return [...problems, ...replicationProblems(sizing)];
}
