import { wholeSeconds } from '../core/quantities.ts';
import { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import {
  coded,
  duration,
  having,
  listOf,
  must,
  number,
  optional,
  type Shape,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import type { IMessageBroker, LagThresholds, LagTrigger } from '../messaging/message-broker.ts';
import { DeclarationError } from '../core/errors.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { commonLabels } from '../core/names.ts';
import { requireProps, reportAll } from '../core/problems.ts';
import { otherPlatformProblem } from '../platform/same-platform.ts';
import type { Topic } from '../messaging/topic.ts';
import { ScaledObject, ScaledObjectSpecFallbackBehavior } from '../imports/keda.sh.ts';
import { ScalerAlerts } from '../observability/scaler-alerts.ts';
import {
  boundsProblems,
  claimTarget,
  type IScalable,
  podsProblem,
  scalableCheck,
  scaledProblem,
} from './scalable.ts';

/** What can be chosen of a consumer's scaling. */
export interface KedaLagScalerOptions {
  /** Least pods; at least 1 of an app that has jobs. @default - 0 locally, 1 in production or of an app that has jobs */
  readonly minReplicas?: number;
  /** Most pods; more than the partitions would be idle. @default - 20, or the partitions where they are fewer */
  readonly maxReplicas?: number;
  /** Waiting messages for each pod. @default 100 */
  readonly lagThreshold?: number;
  /** Waiting messages above which a consumer at zero is woken. @default 0 */
  readonly activationLagThreshold?: number;
  /** How often the lag is read. @default 15 seconds */
  readonly pollingInterval?: Duration;
  /** How long a consumer stays without messages before it goes to zero. @default 5 minutes */
  readonly cooldownPeriod?: Duration;
}

/** Properties of {@link KedaLagScaler}. */
export interface KedaLagScalerProps extends KedaLagScalerOptions {
  /** The workload that is scaled. */
  readonly target: IScalable;
  /** The broker that knows the lag. */
  readonly broker: IMessageBroker;
  /** Consumer group of the workload: the app id that Dapr subscribes with. */
  readonly consumerGroup: string;
  /** The topics that the workload receives. */
  readonly topics: readonly Topic[];
  /** Pods while the lag cannot be read. */
  readonly fallbackReplicas: number;
  /** What else wakes the workload, such as work that waits in its database. @default - nothing */
  readonly more?: readonly LagTrigger[];
}

/** Counts are checked with their bounds. */
const anyNumber = optional(must((value) => typeof value === 'number', 'must be a number'));

/** What can be chosen has to be of these types. */
export const LAG_SCALER_OPTIONS: Shape<KedaLagScalerOptions> = {
  minReplicas: anyNumber,
  maxReplicas: anyNumber,
  lagThreshold: anyNumber,
  activationLagThreshold: anyNumber,
  pollingInterval: optional(duration),
  cooldownPeriod: optional(duration),
};

const SHAPE: Shape<KedaLagScalerProps> = {
  ...LAG_SCALER_OPTIONS,
  target: scalableCheck,
  broker: having('a broker, e.g. a KafkaCluster', 'lagTrigger'),
  consumerGroup: text,
  topics: listOf(having('a Topic, e.g. of pubSub.topicOf', 'partitions', 'spec')),
  fallbackReplicas: number(0),
  more: optional(listOf(having('a trigger of KEDA', 'type', 'metadata'))),
};

/** The source of all defaults: lag 100 for each pod, at most 20 pods. */
const DEFAULT_LAG_THRESHOLD = 100;
const DEFAULT_MAX_REPLICAS = 20;
/** KEDA names the autoscaler `keda-hpa-<name>`, and labels end at 63 characters. */
const MAX_NAME_LENGTH = 54;

/**
 * Scales a consumer on the messages that wait for it, by KEDA. One trigger for each topic; the one
 * that asks for most pods wins.
 *
 * @see https://keda.sh/docs/2.20/reference/scaledobject-spec/
 */
export class KedaLagScaler extends Construct {
  /** The workload that is scaled. */
  public readonly target: IScalable;
  /** Minimum number of pods. */
  public readonly minReplicas: number;
  /** Maximum number of pods. */
  public readonly maxReplicas: number;
  /** Waiting messages for each pod. */
  public readonly lagThreshold: number;
  /** The generated object. */
  public readonly scaledObject: ScaledObject;
  /** Alerts when it fails, or has no pods left to add. */
  public readonly alerts: ScalerAlerts;

  public constructor(scope: Construct, id: string, props: KedaLagScalerProps) {
    super(scope, id);
    assignLayer(this, Layer.SCALING_AND_ALERTS);
    requireProps(this, props, SHAPE);
    const { target, topics } = props;
    const name = target.deploymentName;
    const [widest] = [...topics].sort((a, b) => b.partitions - a.partitions);
    if (widest === undefined) {
      throw new DeclarationError(
        this,
        ...coded(
          'EP2005',
          `no topics to scale '${name}' on: give the topics that it receives, or use CpuScaler`,
        ),
      );
    }
    const { minReplicas } = EventPlatform.of(this).environment;
    this.minReplicas =
      props.minReplicas ?? Math.max(minReplicas, props.target.alwaysRuns === true ? 1 : 0);
    this.maxReplicas = props.maxReplicas ?? Math.min(DEFAULT_MAX_REPLICAS, widest.partitions);
    this.lagThreshold = props.lagThreshold ?? DEFAULT_LAG_THRESHOLD;
    const activationLagThreshold = props.activationLagThreshold ?? 0;
    const thresholds = { lagThreshold: this.lagThreshold, activationLagThreshold };
    this.#check(props, widest, thresholds);
    claimTarget(target, this);
    this.target = target;
    const { pollingInterval = Duration.seconds(15), cooldownPeriod = Duration.minutes(5) } = props;
    const { more = [] } = props;
    this.scaledObject = new ScaledObject(this, 'scaled-object', {
      metadata: { name, labels: commonLabels(name, 'scaler') },
      spec: {
        scaleTargetRef: { name },
        minReplicaCount: this.minReplicas,
        maxReplicaCount: this.maxReplicas,
        pollingInterval: wholeSeconds(this, 'pollingInterval', pollingInterval),
        cooldownPeriod: wholeSeconds(this, 'cooldownPeriod', cooldownPeriod, 0),
        fallback: {
          failureThreshold: 3,
          replicas: Math.min(props.fallbackReplicas, this.maxReplicas),
          behavior: ScaledObjectSpecFallbackBehavior.CURRENT_REPLICAS_IF_HIGHER,
        },
        triggers: [
          ...topics.flatMap((topic) => lagTriggers(topic, props, thresholds)),
          ...more,
        ].map(({ type, metadata, authenticationRef }) => ({
          type,
          metadata: { ...metadata },
          metricType: 'AverageValue',
          ...(authenticationRef !== undefined && { authenticationRef }),
        })),
      },
    });
    this.alerts = new ScalerAlerts(this, 'alerts', {
      workload: name,
      autoscaler: `keda-hpa-${name}`,
      minReplicas: this.minReplicas,
      maxReplicas: this.maxReplicas,
      scaledObject: name,
      dueWork: more.some(({ type }) => type === 'postgresql'),
    });
  }

  #check(
    { target, broker }: KedaLagScalerProps,
    widest: Topic,
    { lagThreshold, activationLagThreshold }: LagThresholds,
  ): void {
    const name = target.deploymentName;
    const shared = [widest, ...(target.sharedTopic === undefined ? [] : [target.sharedTopic])];
    const [narrowest] = shared.sort((a, b) => a.partitions - b.partitions);
    reportAll(this, [
      ...coded('EP4003', scaledProblem(target)),
      ...coded(
        'EP5002',
        otherPlatformProblem(this, 'target', target),
        otherPlatformProblem(this, 'broker', broker),
      ),
      ...coded('EP4001', podsProblem('maxReplicas', this.maxReplicas, narrowest)),
      ...coded(
        'EP4002',
        ...boundsProblems(this.minReplicas, this.maxReplicas),
        (!Number.isInteger(activationLagThreshold) || activationLagThreshold < 0) &&
          `activationLagThreshold (${activationLagThreshold}) must be a whole number of at least 0`,
        (!Number.isInteger(lagThreshold) || lagThreshold < 1) &&
          `lagThreshold (${lagThreshold}) must be a whole number of at least 1`,
      ),
      ...coded(
        'EP4007',
        target.alwaysRuns === true &&
          this.minReplicas === 0 &&
          `minReplicas (0) would leave the jobs or projections of '${target.deploymentName}' without a pod, and nothing starts one for them: use 1 or more, or switch its jobs off`,
      ),
      ...coded(
        'EP1002',
        name.length > MAX_NAME_LENGTH &&
          `name '${name}' has ${name.length} characters, and KEDA's autoscaler 'keda-hpa-<name>' leaves room for ${MAX_NAME_LENGTH}: use a shorter app id`,
      ),
    ]);
  }
}

function lagTriggers(
  { name }: Topic,
  { broker, consumerGroup }: KedaLagScalerProps,
  thresholds: LagThresholds,
): LagTrigger[] {
  const subscription = { topic: name, consumerGroup };
  const pending = broker.pendingTrigger?.(subscription, thresholds);
  return [broker.lagTrigger(subscription, thresholds), ...(pending === undefined ? [] : [pending])];
}
