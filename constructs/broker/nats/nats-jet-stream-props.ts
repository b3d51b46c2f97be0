import type { Duration, Size } from 'cdk8s';
import {
  duration,
  flag,
  number,
  optional,
  text,
  type Shape,
} from '@cdk8s-event-platform/contracts/internal';
import { type BrokerServerOptions, SERVER_OPTIONS } from '../parts/broker-options.ts';

/** Properties of NatsJetStream. */
export interface NatsJetStreamProps extends BrokerServerOptions {
  /** Name of the StatefulSet and of the client Service. @default 'nats' */
  readonly name?: string;
  /** Copies of each stream: 1, 3 or 5. A message is confirmed when most of them have it. @default - 1 locally, 3 in production */
  readonly replicationFactor?: number;
  /** Most pods of one consumer. NATS has no partitions; this keeps scalers as they are on other brokers. @default 3 */
  readonly partitions?: number;
  /** Largest message: 63 MiB at most, and NATS warns above 8 MiB. @default 1 MiB */
  readonly maxMessageSize?: Size;
  /**
   * Events of one topic that the pods of an app have been sent and have not acknowledged, all pods
   * together. Each pod does one after the other, and the time to acknowledge runs for all of them.
   *
   * @default - 10 for each partition
   */
  readonly maxInFlight?: number;
  /**
   * Whether apps log in, each with the rights to its own topics only. KEDA and the exporter read the
   * monitoring port, which has no accounts: network policies alone say who gets there.
   *
   * @default - in production
   */
  readonly authentication?: boolean;
  /**
   * How often what was written is forced to the disk. Until then the page cache alone has it, and
   * nodes that lose power lose it, though it was confirmed.
   *
   * @default - none: each message is on the disk before it is confirmed
   * @see https://docs.nats.io/running-a-nats-service/configuration#jetstream
   */
  readonly syncInterval?: Duration;
  /** Volume of each server; messages fill nine tenths of it at most. @default - 5 GiB locally, 100 GiB in production */
  readonly storage?: Size;
  /** Image of the servers, version 2.10 or later. @default - `DEFAULT_IMAGES.nats` */
  readonly image?: string;
  /** Image with a shell and the `nats` command line. @default - `DEFAULT_IMAGES.natsBox` */
  readonly toolsImage?: string;
}

/** For callers without a compiler. @internal */
export const NATS_JET_STREAM: Shape<NatsJetStreamProps> = {
  ...SERVER_OPTIONS,
  replicationFactor: optional(number()),
  maxInFlight: optional(number()),
  authentication: optional(flag),
  syncInterval: optional(duration),
  image: optional(text),
  toolsImage: optional(text),
};
