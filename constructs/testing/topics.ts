import { Duration } from 'cdk8s';
import type { TopicSpec } from '../messaging/message-broker.ts';

/** A topic that three servers can hold, for tests that change one thing of it. */
export const ORDERS: TopicSpec = {
  name: 'orders',
  partitions: 3,
  replicationFactor: 3,
  minInSyncReplicas: 2,
  retention: Duration.days(7),
};
