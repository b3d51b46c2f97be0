import type { IConstruct } from 'constructs';
import { DeclarationError } from '../core/errors.ts';

/** A workload whose number of pods a scaler can set. */
export interface IScalable extends IConstruct {
  /** Name of the Deployment. */
  readonly deploymentName: string;
  /** Whether its containers request CPU, which a CPU target is a share of. */
  readonly hasCpuRequest: boolean;
  /** Leaves the number of pods to a scaler. Called by the scaler. */
  attachScaler(): void;
}

const scalerOf = new WeakMap<IScalable, IConstruct>();

/**
 * Gives a workload its one scaler: two would undo each other's decisions.
 *
 * @throws DeclarationError when it has one.
 */
export function claimTarget(target: IScalable, scaler: IConstruct): void {
  const other = scalerOf.get(target);
  if (other !== undefined) {
    throw new DeclarationError(
      scaler,
      `Deployment '${target.deploymentName}' is scaled by '${other.node.path}' already, and two scalers would undo each other's decisions: keep one; a KedaLagScaler can take CPU as a second trigger`,
    );
  }
  scalerOf.set(target, scaler);
  target.attachScaler();
}

/** Every reason why bounds are not usable; empty when they are. */
export function boundsProblems(minReplicas: number, maxReplicas: number): string[] {
  if (!Number.isInteger(minReplicas) || minReplicas < 0) {
    return [`minReplicas (${minReplicas}) is not a count: use 0 or more`];
  }
  if (!Number.isInteger(maxReplicas) || maxReplicas < 1) {
    return [`maxReplicas (${maxReplicas}) is not a count: use 1 or more`];
  }
  if (minReplicas > maxReplicas) {
    return [
      `minReplicas (${minReplicas}) exceeds maxReplicas (${maxReplicas}): use at most ${maxReplicas}`,
    ];
  }
  return [];
}
