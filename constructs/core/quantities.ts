import { type Duration, type Size, SizeRoundingBehavior } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { IConstruct } from 'constructs';
import { DeclarationError } from './errors.ts';
import { coded } from '@cdk8s-event-platform/contracts/internal';

const BINARY_UNITS = ['Ki', 'Mi', 'Gi', 'Ti'] as const;

/**
 * A size as Kubernetes writes it. The API server keeps `5120Mi` as `5Gi`: written in another way, what is
 * applied and what is there would always differ.
 *
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function bytes(size: Size): k8s.Quantity {
  let value = size.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR });
  let unit = 0;
  while (value > 0 && value % 1024 === 0 && unit < BINARY_UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return k8s.Quantity.fromString(value === 0 ? '0' : `${value}${BINARY_UNITS[unit]}`);
}

/** CPU as Kubernetes writes it: `0.5` is `500m`, and `2000m` is `2`. Anything else stays as it is. */
export function cores(text: string): k8s.Quantity {
  const [, milli, whole] = /^(?:(\d+)m|(\d+(?:\.\d{1,3})?))$/.exec(text) ?? [];
  if (milli === undefined && whole === undefined) {
    return k8s.Quantity.fromString(text);
  }
  const value = milli === undefined ? Math.round(Number(whole) * 1000) : Number(milli);
  return k8s.Quantity.fromString(value % 1000 === 0 ? String(value / 1000) : `${value}m`);
}

/** Why a duration is not a whole number of seconds of at least `least`, or undefined. @param what name of the property. */
export function secondsProblem(what: string, value: Duration, least = 1): string | undefined {
  const seconds = value.toSeconds({ integral: false });
  const shown = Number.isInteger(seconds * 1000) ? value.toHumanString() : `${seconds} s`;
  return Number.isInteger(seconds) && seconds >= least
    ? undefined
    : `${what} (${shown}) is not a whole number of seconds of ${least} or more: use e.g. ${Math.max(least, Math.ceil(seconds) || 1)} seconds`;
}

/**
 * A duration in seconds, for fields that take no fractions.
 *
 * @param what name of the property, for the error.
 * @throws DeclarationError when it is not a whole number of seconds, or less than `least`.
 */
export function wholeSeconds(scope: IConstruct, what: string, value: Duration, least = 1): number {
  const problem = secondsProblem(what, value, least);
  if (problem !== undefined) {
    throw new DeclarationError(scope, ...coded('EP1001', problem));
  }
  return value.toSeconds();
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
      cpu: cores(size.cpuRequest),
      memory: bytes(size.memoryRequest),
    },
    limits: {
      ...(size.cpuLimit !== undefined && { cpu: cores(size.cpuLimit) }),
      memory: bytes(size.memoryLimit ?? size.memoryRequest),
    },
  };
}
