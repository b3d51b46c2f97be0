import type { EventContract, EventData } from '@cdk8s-event-platform/contracts';
import { appScope } from '../process/app-scope.ts';
import { type EventSenderOptions, type SendOptions, sendSettings } from './send-settings.ts';

/** Sends events of one contract without a transaction. See {@link eventSender}. */
export interface EventSender<Contract extends EventContract> {
  /**
   * Sends an event at once, whether or not a transaction commits. Without a cause or an id, each call is another event.
   *
   * @throws PublishError when the broker has not confirmed it in time, or too many wait for that; it may have been published all the
   * same. A route answers 503, and a delivery is held. Never with `fire-and-forget`.
   * @throws InvalidEventError when a consumer could not process it. Never with `fire-and-forget`.
   * @throws Error when the manifest does not publish the contract, or this is no app. At once.
   */
  send(data: EventData<Contract>, options?: SendOptions): Promise<void>;
}

/**
 * Sends events of a contract whose `delivery` is weaker than `effect-once`, without a transaction and the outbox. What is
 * under way when the app is told to stop is still sent, for up to 5 seconds. It belongs beside the handlers, not into one: senders
 * of a contract with the same options share their buffer and their order.
 *
 * @throws Error when the contract does not allow it, its events hold personal data or large values, or an option is not valid.
 * @example
 * const health = eventSender(RouteHealth, { mode: 'fire-and-forget' });
 * void health.send({ route_id: 'r1', healthy: true });
 */
export function eventSender<Contract extends EventContract>(
  contract: Contract,
  options: EventSenderOptions,
): EventSender<Contract> {
  const settings = sendSettings(contract, options);
  return {
    send: (data, sendOptions) => {
      const { senders } = appScope();
      if (senders === undefined) {
        throw new Error(
          `'${contract.type}' cannot be sent here: this is no app, or its manifest publishes nothing that may be sent without a transaction`,
        );
      }
      return senders.send(settings, data, sendOptions);
    },
  };
}
