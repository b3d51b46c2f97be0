import type { Size } from 'cdk8s';
import {
  flag,
  number,
  optional,
  size,
  text,
  type Shape,
} from '@cdk8s-event-platform/contracts/internal';
import { KAFKA_OPTIONS, type KafkaOptions } from '../kafka-protocol/kafka-options.ts';
import { type BrokerServerOptions, SERVER_OPTIONS } from '../parts/broker-options.ts';

/** Properties of `StrimziKafka`. */
export interface StrimziKafkaProps extends BrokerServerOptions, KafkaOptions {
  /** Name of the `Kafka`, which the names of all that Strimzi makes start with. @default 'kafka' */
  readonly name?: string;
  /** Version of Kafka. @default - the operator's own, which a new operator raises */
  readonly version?: string;
  /** Brokers. @default - 1 locally, 3 in production */
  readonly replicas?: number;
  /** Nodes that are controllers only: an odd number of 3 or more, or 0 to have brokers be controllers as well. @default - 0 locally, 3 in production */
  readonly controllers?: number;
  /** Whether clients log in (SCRAM-SHA-512 over TLS), each with just the rights that it needs. @default - in production */
  readonly authentication?: boolean;
  /** Whether copies are spread over the zones of nodes, all of which need the label `topology.kubernetes.io/zone` then. @default - in production */
  readonly zones?: boolean;
  /** Volume of each broker. @default - 5 GiB locally, 100 GiB in production, or more where the declared throughput of topics needs it */
  readonly storage?: Size;
  /** Volume of each controller. @default 10 GiB */
  readonly controllerStorage?: Size;
  /** Memory limit of each broker; half of it is the heap. @default - 1 GiB locally, 4 GiB in production */
  readonly memory?: Size;
  /** Memory limit of each controller; half of it is the heap. @default 1 GiB */
  readonly controllerMemory?: Size;
  /** Memory limit of topic operator, user operator and exporter each. @default 384 MiB */
  readonly operatorMemory?: Size;
  /** Namespace of Strimzi's operator. @default 'strimzi' */
  readonly operatorNamespace?: string;
}

/** For callers without a compiler. @internal */
export const STRIMZI_KAFKA: Shape<StrimziKafkaProps> = {
  ...SERVER_OPTIONS,
  ...KAFKA_OPTIONS,
  version: optional(text),
  controllers: optional(number()),
  authentication: optional(flag),
  zones: optional(flag),
  controllerStorage: optional(size),
  controllerMemory: optional(size),
  operatorMemory: optional(size),
  operatorNamespace: optional(text),
};
