import { type Duration, type Size, SizeRoundingBehavior } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { DeclarationError } from './errors.ts';

/** A size as Kubernetes writes it, in mebibytes. */
export function mebibytes(size: Size): k8s.Quantity {
  return k8s.Quantity.fromString(`${size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR })}Mi`);
}

/**
 * A duration in seconds, for fields that take no fractions.
 *
 * @param what name of the property, for the error.
 * @throws DeclarationError when it is not a whole number of seconds, or less than `least`.
 */
export function wholeSeconds(scope: IConstruct, what: string, value: Duration, least = 1): number {
  const seconds = value.toMilliseconds() / 1000;
  if (!Number.isInteger(seconds) || seconds < least) {
    throw new DeclarationError(
      scope,
      `${what} (${value.toHumanString()}) is not a whole number of seconds of ${least} or more: use e.g. ${Math.max(least, Math.ceil(seconds))} seconds`,
    );
  }
  return seconds;
}

/** A duration in minutes, rounded up. */
export function minutesUp(value: Duration): number {
  return Math.ceil(value.toMilliseconds() / 60_000);
}

/** CPU and memory of one container. */
export interface ContainerSize {
  /** CPU that is reserved, in Kubernetes notation, e.g. `100m`. */
  readonly cpuRequest: string;
  /** CPU beyond which the container is throttled. @default - no limit */
  readonly cpuLimit?: string;
  /** Memory that is reserved. */
  readonly memoryRequest: Size;
  /** Memory beyond which the container is killed. @default - as much as is reserved */
  readonly memoryLimit?: Size;
}

/** A container's size as its `resources`. */
export function resources(size: ContainerSize): k8s.ResourceRequirements {
  return {
    requests: {
      cpu: k8s.Quantity.fromString(size.cpuRequest),
      memory: mebibytes(size.memoryRequest),
    },
    limits: {
      ...(size.cpuLimit !== undefined && { cpu: k8s.Quantity.fromString(size.cpuLimit) }),
      memory: mebibytes(size.memoryLimit ?? size.memoryRequest),
    },
  };
}
