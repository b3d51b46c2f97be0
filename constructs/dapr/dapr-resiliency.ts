import { type Duration, Lazy } from 'cdk8s';
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
import {
  Resiliency,
  type ResiliencySpec,
  type ResiliencySpecPoliciesRetries,
} from '../imports/dapr.io.ts';
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
 * Calls of other apps have a timeout, and no retries and no circuit breaker. Dapr would repeat any method after an answer
 * that was lost, and count answers such as 404 as failures; the runtime's `appClient` repeats what is safe to repeat.
 *
 * @see https://docs.dapr.io/operations/resiliency/resiliency-overview/
 */
export class DaprResiliency extends Construct {
  /** The generated object. */
  public readonly resiliency: Resiliency;
  readonly #callees = new Map<string, Duration>();

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
    const { appId } = props.app;
    this.resiliency = new Resiliency(this, 'resiliency', {
      metadata: { name: `${appId}-resiliency`, labels: commonLabels(appId, 'dapr') },
      scopes: [appId],
      spec: Lazy.any({ produce: () => this.#spec(props, deliveries) }) as ResiliencySpec,
    });
  }

  /**
   * Gives calls of another app a timeout. With it, Dapr's own retries of calls are off.
   *
   * @see https://docs.dapr.io/operations/resiliency/targets/#apps
   */
  public addCallee(appId: string, timeout: Duration): void {
    this.#callees.set(appId, timeout);
  }

  #spec({ app, pubSub }: DaprResiliencyProps, deliveries: RetryPolicy): ResiliencySpec {
    const { publishes = [], subscribes = [] } = app.manifest;
    const receives = subscribes.length > 0;
    const events = receives || publishes.length > 0 || this.#callees.size === 0;
    const callees = [...this.#callees].sort(([one], [other]) => (one < other ? -1 : 1));
    return {
      policies: {
        timeouts: {
          ...(events && { publish: '10s' }),
          ...Object.fromEntries(
            callees.map(([appId, timeout]) => [`call-${appId}`, goDuration(timeout)]),
          ),
        },
        ...(events && {
          retries: {
            publish: { policy: 'exponential', maxInterval: '5s', maxRetries: 3 },
            ...(receives && { deliver: delivering(deliveries) }),
          },
        }),
      },
      targets: {
        ...(events && {
          components: {
            [pubSub.name]: {
              outbound: { retry: 'publish', timeout: 'publish' },
              ...(receives && { inbound: { retry: 'deliver' } }),
            },
          },
        }),
        ...(callees.length > 0 && {
          apps: Object.fromEntries(callees.map(([appId]) => [appId, { timeout: `call-${appId}` }])),
        }),
      },
    };
  }
}
