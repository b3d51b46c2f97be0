import {
  type ComponentMetadata,
  setting,
  settingFromEnv,
} from '../../messaging/component-metadata.ts';
import { ACCOUNT_ENV } from '../parts/broker-accounts.ts';

/** Deliveries that a sidecar has in hand at once, several for each connection to the database. */
const PREFETCH = 50;

/** What the settings of the component depend on. */
export interface DaprSettingsOptions {
  /** `host:port` of the servers. */
  readonly address: string;
  /** Whether each app has an account of its own. */
  readonly accounts: boolean;
  /** Whether a pod processes one event at a time. */
  readonly inOrder: boolean;
}

/**
 * Settings of Dapr's component.
 *
 * @see https://docs.dapr.io/reference/components-reference/supported-pubsub/setup-rabbitmq/
 */
export function daprSettings({
  address,
  accounts,
  inOrder,
}: DaprSettingsOptions): ComponentMetadata[] {
  return [
    setting('protocol', 'amqp'),
    setting('hostname', address),
    // With neither, the client is the guest.
    ...(accounts
      ? [
          settingFromEnv('username', ACCOUNT_ENV.username),
          settingFromEnv('password', ACCOUNT_ENV.password),
        ]
      : []),
    setting('durable', true),
    setting('deletedWhenUnused', false),
    setting('deliveryMode', 2),
    setting('publisherConfirm', true),
    setting('autoAck', false),
    setting('requeueInFailure', true),
    // Sidecars publish dead letters themselves, to topics.
    setting('enableDeadLetter', false),
    setting('concurrencyMode', inOrder ? 'single' : 'parallel'),
    // What has been handed out already would overtake an event that is delivered again.
    setting('prefetchCount', inOrder ? 1 : PREFETCH),
    setting('reconnectWaitSeconds', '3s'),
    setting('heartBeat', '10s'),
  ];
}
