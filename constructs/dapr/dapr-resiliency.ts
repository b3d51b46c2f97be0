import type { Duration } from 'cdk8s';
import { Construct } from 'constructs';
import { DeclarationError } from '../core/errors.ts';
import { assignLayer, Layer } from '../core/layers.ts';
import { commonLabels } from '../core/names.ts';
import { Resiliency } from '../imports/dapr.io.ts';
import type { IDaprApp } from './dapr-app.ts';
import type { DaprPubSub } from './dapr-pub-sub.ts';
import { DEFAULT_RETRIES, retryProblems, type RetryPolicy } from './retry-policy.ts';

/** Properties of {@link DaprResiliency}. */
export interface DaprResiliencyProps {
  /** The app whose sidecar follows the policies. */
  readonly app: IDaprApp;
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
    const deliveries = props.deliveries ?? DEFAULT_RETRIES;
    const [problem] = retryProblems(deliveries);
    if (problem !== undefined) {
      throw new DeclarationError(this, problem);
    }
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
              deliver: {
                policy: 'exponential',
                maxInterval: goDuration(deliveries.maxInterval),
                maxRetries: deliveries.maxRetries,
              },
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
