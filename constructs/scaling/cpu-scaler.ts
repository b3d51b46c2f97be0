import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { coded, must, optional, type Shape } from '@cdk8s-event-platform/contracts/internal';
import { assignLayer, Layer } from '../platform/layers.ts';
import { commonLabels } from '../core/names.ts';
import { Problems, validateLater } from '../core/problems.ts';
import { otherPlatformProblem } from '../platform/same-platform.ts';
import { ScalerAlerts } from '../observability/scaler-alerts.ts';
import {
  boundsProblems,
  claimTarget,
  type IScalable,
  podsProblem,
  scalableCheck,
  scaledProblem,
} from './scalable.ts';

/** Properties of {@link CpuScaler}. */
export interface CpuScalerProps {
  /** The workload that is scaled. */
  readonly target: IScalable;
  /** Least pods, 1 or more. @default - 2, or the most where that is less */
  readonly minReplicas?: number;
  /** Most pods; more than the partitions of a consumer would be idle. @default - 10, or the partitions where they are fewer */
  readonly maxReplicas?: number;
  /** CPU that pods use on average, in percent of what they request, 1 to 100. @default 70 */
  readonly targetUtilization?: number;
}

const DEFAULT_MIN_REPLICAS = 2;
const DEFAULT_MAX_REPLICAS = 10;

/** Numbers are checked with their bounds. */
const anyNumber = optional(must((value) => typeof value === 'number', 'must be a number'));

const SHAPE: Shape<CpuScalerProps> = {
  target: scalableCheck,
  minReplicas: anyNumber,
  maxReplicas: anyNumber,
  targetUtilization: anyNumber,
};

/**
 * A HorizontalPodAutoscaler on CPU, for workloads whose load no lag tells: producers and APIs.
 *
 * @see https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/
 */
export class CpuScaler extends Construct {
  /** The workload that is scaled. */
  public readonly target: IScalable;
  /** Least pods. */
  public readonly minReplicas: number;
  /** Most pods. */
  public readonly maxReplicas: number;
  /** CPU that pods use on average, in percent of what they request. */
  public readonly targetUtilization: number;
  /** The generated object. */
  public readonly autoscaler: k8s.KubeHorizontalPodAutoscalerV2;
  /** An alert when it has no pods left to add. */
  public readonly alerts: ScalerAlerts;

  public constructor(scope: Construct, id: string, props: CpuScalerProps) {
    super(scope, id);
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    const found = new Problems(this);
    found.props(props, SHAPE);
    const { target, targetUtilization = 70 } = props;
    const {
      maxReplicas = Math.min(DEFAULT_MAX_REPLICAS, target.sharedTopic?.partitions ?? Infinity),
    } = props;
    const { minReplicas = Math.min(DEFAULT_MIN_REPLICAS, maxReplicas) } = props;
    const problems = boundsProblems(minReplicas, maxReplicas);
    const partitions = () => podsProblem('maxReplicas', maxReplicas, target.sharedTopic);
    if (minReplicas === 0) {
      problems.push(
        'minReplicas (0) is not possible on CPU, which pods that do not run do not use: use 1 or more, or a KedaLagScaler',
      );
    }
    if (!Number.isInteger(targetUtilization) || targetUtilization < 1 || targetUtilization > 100) {
      problems.push(`targetUtilization (${targetUtilization}) is not a percentage: use 1 to 100`);
    }
    if (!target.hasCpuRequest) {
      problems.push(
        `Deployment '${target.deploymentName}' requests no CPU, and utilization is a ratio of the request: request some`,
      );
    }
    found.add(
      ...coded('EP4002', ...problems),
      ...coded('EP4003', scaledProblem(target)),
      ...coded('EP4001', partitions()),
      ...coded('EP5002', otherPlatformProblem(this, 'target', target)),
    );
    found.report();
    // Topics may come later.
    validateLater(this, () => coded('EP4001', partitions()));
    claimTarget(target, this);
    this.target = target;
    this.minReplicas = minReplicas;
    this.maxReplicas = maxReplicas;
    this.targetUtilization = targetUtilization;
    const name = target.deploymentName;
    this.autoscaler = new k8s.KubeHorizontalPodAutoscalerV2(this, 'autoscaler', {
      metadata: { name, labels: commonLabels(name, 'scaler') },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas,
        maxReplicas,
        metrics: [
          {
            type: 'ContainerResource',
            containerResource: {
              // The app's container alone: a busy sidecar is no reason for more pods.
              container: name,
              name: 'cpu',
              target: { type: 'Utilization', averageUtilization: targetUtilization },
            },
          },
        ],
      },
    });
    this.alerts = new ScalerAlerts(this, 'alerts', {
      workload: name,
      autoscaler: name,
      minReplicas,
      maxReplicas,
    });
  }
}
