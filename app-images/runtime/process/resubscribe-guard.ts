import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readiness } from '../database/readiness.ts';
import type { InFlightTracker } from '../http/in-flight-tracker.ts';

/** Options of {@link resubscribeGuard}. */
export interface ResubscribeGuardOptions {
  /** Readiness of the app itself. */
  readonly readiness: Readiness;
  /** What is in flight. */
  readonly inFlight: InFlightTracker;
  /** Restarts the sidecar once its deliveries have ended. */
  readonly restartSidecar: () => void;
  /** Whether the sidecar holds deliveries back when it unsubscribes. @default - it does not */
  readonly keepsDeliveries?: () => Promise<boolean>;
  /** Restarts the sidecar now. @default - nothing */
  readonly restartSidecarNow?: () => Promise<void>;
  /** Whether the container was restarted: the sidecar may have deliveries that wait for this one. @default false */
  readonly containerRestarted?: boolean;
  /** Milliseconds since the last delivery ended: the sidecar leaves the broker half a second after it. @default 3000 */
  readonly idleTime?: number;
  /** Milliseconds for which a delivery that failed may still be tried again. @default 60000 */
  readonly retryWindow?: number;
}

/** Whether the pod has run another container of the app before: the pod's temporary folder outlives a container. */
export function isContainerRestart(folder = tmpdir()): boolean {
  const marker = join(folder, 'event-platform-started');
  const follows = existsSync(marker);
  writeFileSync(marker, '');
  return follows;
}

/**
 * Readiness that returns only after the sidecar has unsubscribed from the broker.
 *
 * When an app turns unready, Dapr (1.16 to 1.18) unsubscribes from what it delivers one by one as soon as
 * the deliveries under way have ended, at the latest after 30 s. When the app turns ready before that, Dapr
 * subscribes again at the very same moment, and Kafka's component may carry out the two in the wrong
 * order: `Subscribe` takes the lock before the goroutine that ends the old subscription, which then
 * deletes the topic of the new one. Nothing is delivered any more, and no error is logged. So an app
 * that was unready stays so until no delivery has been under way for a while. Deliveries that wait for
 * their next try end only after the app is ready again, which leads to that very moment: where there may
 * be some, the sidecar is restarted a little later. From what it delivers in bulk, Dapr unsubscribes at
 * once, and the order was always right.
 *
 * RabbitMQ's component (from 1.17.7 on) gives deliveries back while it cancels its consumer, and does not
 * wait for the cancellation: a message that the consumer receives in the meantime is not read, and stays
 * unacknowledged until the connection ends. Before, the connection broke each time. So there, the sidecar
 * is restarted before the app is ready, and those deliveries come first.
 *
 * The end-to-end tests of both are `resubscribe` and `kept-deliveries` of `npm run e2e:workarounds`.
 *
 * @see https://github.com/dapr/components-contrib/issues/4349
 * @see https://github.com/dapr/components-contrib/blob/v1.18.4/common/component/kafka/subscriber.go
 * @see https://github.com/dapr/components-contrib/blob/v1.18.4/pubsub/rabbitmq/rabbitmq.go
 * @see https://github.com/rabbitmq/amqp091-go/blob/v1.10.0/channel.go
 */
export function resubscribeGuard(options: ResubscribeGuardOptions): Readiness {
  const { readiness, inFlight, restartSidecar, idleTime = 3_000, retryWindow = 60_000 } = options;
  const keepsDeliveries = options.keepsDeliveries ?? (() => Promise.resolve(false));
  let subscribed = options.containerRestarted !== true;
  let unsubscribed = false;
  let restarting: Promise<void> | undefined;

  return async () => {
    const reason = await readiness();
    if (reason !== undefined) {
      subscribed = false;
      unsubscribed = true;
      return reason;
    }
    if (subscribed) {
      return undefined;
    }
    if (unsubscribed && inFlight.idleFor < idleTime) {
      return 'waiting for the sidecar to end its deliveries';
    }
    if (await keepsDeliveries()) {
      // Several probes may ask at the same time.
      restarting ??= Promise.resolve(options.restartSidecarNow?.()).then(() => {
        subscribed = true;
        unsubscribed = false;
        restarting = undefined;
      });
      await restarting;
      return 'the sidecar restarts';
    }
    const failedLately =
      inFlight.lastFailure !== undefined && performance.now() - inFlight.lastFailure < retryWindow;
    if (!unsubscribed || failedLately) {
      restartSidecar();
    }
    subscribed = true;
    unsubscribed = false;
    return undefined;
  };
}
