import type { Duration, Size } from 'cdk8s';
import { flag, optional, type Shape, text } from '@cdk8s-event-platform/contracts/internal';
import { type BrokerServerOptions, SERVER_OPTIONS } from '../parts/broker-options.ts';

/** Properties of RabbitMqCluster. */
export interface RabbitMqClusterProps extends BrokerServerOptions {
  /** Name of the StatefulSet and of the client Service. @default 'rabbitmq' */
  readonly name?: string;
  /** Servers: 1, or an odd number of 3 or more. Queues have copies on 3 of them. @default - 1 locally, 3 in production */
  readonly replicas?: number;
  /**
   * Whether each app has an account of its own, with just the rights that it needs. Without, every
   * client is the guest, who may do everything.
   *
   * @default - only in production
   */
  readonly authentication?: boolean;
  /**
   * Whether events of a topic are processed one after another, in the order in which they were
   * published, for contracts that are `ordered`. One pod of a group works then and the others stand
   * by, and each event waits for the one before it.
   *
   * @default false
   */
  readonly inOrder?: boolean;
  /** How long messages are kept that nobody has subscribed to, 49 days at most. @default 7 days */
  readonly retention?: Duration;
  /** Largest message; at most 128 MiB. @default 1 MiB */
  readonly maxMessageSize?: Size;
  /** Volume of each server, a tenth of which stays free. @default - 5 GiB locally, 100 GiB in production */
  readonly storage?: Size;
  /** Memory limit of each server; publishers wait when half of it is in use. @default - 1 GiB locally, 4 GiB in production */
  readonly memory?: Size;
  /** Image, with bash and RabbitMQ's programs in the path. @default - `DEFAULT_IMAGES.rabbitMq` */
  readonly image?: string;
}

/** For callers without a compiler. @internal */
export const RABBIT_MQ: Shape<RabbitMqClusterProps> = {
  ...SERVER_OPTIONS,
  authentication: optional(flag),
  inOrder: optional(flag),
  image: optional(text),
};
