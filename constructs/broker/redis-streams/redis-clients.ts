import type { Duration } from 'cdk8s';
import {
  type ComponentMetadata,
  setting,
  settingFromEnv,
} from '../../messaging/component-metadata.ts';
import { ACCOUNT_ENV } from '../parts/broker-accounts.ts';
import type { LagTrigger, TopicSubscription } from '../../messaging/message-broker.ts';

/** How clients get to the servers. */
export interface RedisConnection {
  /** Name of the primary in Sentinel. */
  readonly name: string;
  /** `host:port` of the Sentinels, or of the only server. */
  readonly addresses: readonly string[];
  /** Whether Sentinels are asked for the primary. */
  readonly sentinel: boolean;
  readonly authentication: boolean;
  readonly redeliverAfter: Duration;
  readonly concurrency: number;
}

/**
 * Settings of the Dapr component.
 *
 * @see https://docs.dapr.io/reference/components-reference/supported-pubsub/setup-redis-pubsub/
 */
export function daprSettings(connection: RedisConnection): ComponentMetadata[] {
  return [
    setting('redisHost', connection.addresses.join(',')),
    setting('redisType', 'node'),
    ...(connection.sentinel
      ? [setting('failover', true), setting('sentinelMasterName', connection.name)]
      : []),
    ...(connection.authentication
      ? [
          settingFromEnv('redisUsername', ACCOUNT_ENV.username),
          settingFromEnv('redisPassword', ACCOUNT_ENV.password),
        ]
      : []),
    // Each app is a group of its own: all get every event, and the pods of one share them.
    setting('consumerID', '{appID}'),
    setting('concurrency', connection.concurrency),
    setting('queueDepth', 100),
    // 0 would leave what a dead pod had received with it for ever.
    setting('processingTimeout', connection.redeliverAfter.toMilliseconds()),
    // Milliseconds: Dapr passes over what has a unit. A round takes `queueDepth` events.
    setting('redeliverInterval', 1_000),
    // Without it, a read waits for ever on a connection whose other end has gone without a word.
    setting('readTimeout', '30s'),
  ];
}

/**
 * A KEDA trigger on a group.
 *
 * @see https://keda.sh/docs/2.20/scalers/redis-streams/
 */
export function scalerTrigger(
  connection: RedisConnection,
  authentication: string | undefined,
  subscription: TopicSubscription,
  target: Readonly<Record<string, string>>,
): LagTrigger {
  return {
    type: connection.sentinel ? 'redis-sentinel-streams' : 'redis-streams',
    metadata: {
      [connection.sentinel ? 'addresses' : 'address']: connection.addresses.join(','),
      ...(connection.sentinel && { sentinelMaster: connection.name }),
      stream: subscription.topic,
      consumerGroup: subscription.consumerGroup,
      ...target,
    },
    ...(authentication !== undefined && { authenticationRef: { name: authentication } }),
  };
}
