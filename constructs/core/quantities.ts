import { type Size, SizeRoundingBehavior } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';

/** A size as Kubernetes writes it, in mebibytes. */
export function mebibytes(size: Size): k8s.Quantity {
  return k8s.Quantity.fromString(`${size.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR })}Mi`);
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
