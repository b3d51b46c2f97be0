import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import {
  coded,
  having,
  optional,
  type Shape,
  shaped,
} from '@cdk8s-event-platform/contracts/internal';
import { assignLayer, Layer } from '../platform/layers.ts';
import { commonLabels } from '../core/names.ts';
import { Problems, requireProps } from '../core/problems.ts';
import { otherPlatformProblem } from '../platform/same-platform.ts';
import { Resiliency, type ResiliencySpecPoliciesRetries } from '../imports/dapr.io.ts';
import type { IEventApp } from '../messaging/event-app.ts';
import type { DaprPubSub } from './dapr-pub-sub.ts';
import {
  DEFAULT_RETRIES,
  RETRY_POLICY,
  retryProblems,
  type RetryPolicy,
  retryTimes,
} from './retry-policy.ts';

/** Properties of {@link DaprResiliency}. */
export interface DaprResiliencyProps {
  /** The app whose sidecar follows the policies. */
  readonly app: IEventApp;
  /** The pub/sub component that they apply to. */
  readonly pubSub: DaprPubSub;
  /** Tries of a delivery to the app. @default - nine, growing apart to ten seconds */
  readonly deliveries?: RetryPolicy;
}

/** As Go writes it. */
function goDuration(value: Duration): string {
  const milliseconds = value.toMilliseconds();
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

const SHAPE: Shape<DaprResiliencyProps> = {
  app: having('an app, e.g. an IdempotentConsumer', 'appId', 'manifest'),
  pubSub: having('a DaprPubSub', 'topicOf', 'broker'),
  deliveries: optional(shaped<RetryPolicy>(RETRY_POLICY)),
};

/** A policy as Dapr takes it: without a first wait of its own, tries are equally far apart. */
function delivering(policy: RetryPolicy): ResiliencySpecPoliciesRetries {
  const { maxRetries, maxInterval, minInterval } = policy;
  return minInterval === undefined
    ? { policy: 'exponential', maxInterval: goDuration(maxInterval), maxRetries }
    : {
        policy: 'constant',
        duration: `${Math.ceil((retryTimes(policy).total / maxRetries) * 1000)}ms`,
        maxRetries,
      };
}

/**
 * How one app's sidecar retries: deliveries to the app as declared, publishing three times within
 * about ten seconds. There is no circuit breaker on deliveries: an open one would send events
 * straight to the dead letters.
 *
 * @see https://docs.dapr.io/operations/resiliency/resiliency-overview/
 */
export class DaprResiliency extends Construct {
  /** The generated object. */
  public readonly resiliency: Resiliency;

  public constructor(scope: Construct, id: string, props: DaprResiliencyProps) {
    super(scope, id);
    assignLayer(this, Layer.COMPONENTS);
    requireProps(this, props, SHAPE);
    const deliveries = props.deliveries ?? DEFAULT_RETRIES;
    const problems = new Problems(this);
    problems.add(
      ...coded('EP4004', ...retryProblems(deliveries)),
      ...coded('EP5002', otherPlatformProblem(this, 'pubSub', props.pubSub)),
    );
    problems.report();
    const name = `${props.app.appId}-resiliency`;
    const subscribes = (props.app.manifest.subscribes ?? []).length > 0;
    this.resiliency = new Resiliency(this, 'resiliency', {
      metadata: { name, labels: commonLabels(props.app.appId, 'dapr') },
      scopes: [props.app.appId],
      spec: {
        policies: {
          timeouts: { publish: '10s' },
          retries: {
            publish: { policy: 'exponential', maxInterval: '5s', maxRetries: 3 },
            ...(subscribes && {
              deliver: delivering(deliveries),
            }),
          },
        },
        targets: {
          components: {
            [props.pubSub.name]: {
              outbound: { retry: 'publish', timeout: 'publish' },
              ...(subscribes && { inbound: { retry: 'deliver' } }),
            },
          },
        },
      },
    });
  }
}
