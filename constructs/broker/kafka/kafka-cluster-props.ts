import type { Size } from 'cdk8s';
import type { KafkaSecurity } from './kafka-security.ts';
import {
  either,
  flag,
  having,
  mapOf,
  number,
  oneOf,
  optional,
  shaped,
  size,
  text,
  type Shape,
} from '@cdk8s-event-platform/contracts/internal';
import { KAFKA_OPTIONS, type KafkaOptions } from '../kafka-protocol/kafka-options.ts';
import { type BrokerServerOptions, SERVER_OPTIONS } from '../parts/broker-options.ts';

/** Pods that are controllers and nothing else. */
export interface KafkaControllersProps {
  /** Controllers: an odd number of 3 or more. @default 3 */
  readonly replicas?: number;
  /** Volume of each. @default 10 GiB */
  readonly storage?: Size;
  /** Memory limit of each; half of it is the heap. @default 1 GiB */
  readonly memory?: Size;
}

/** Buffers of sockets, where the system's own are too small, e.g. between continents. */
export interface SocketBuffers {
  /** For sending. @default 100 KiB */
  readonly send?: Size;
  /** For receiving. @default 100 KiB */
  readonly receive?: Size;
}

/** Properties of {@link KafkaCluster}. */
export interface KafkaClusterProps extends BrokerServerOptions, KafkaOptions {
  /** Name of the brokers' StatefulSet and of the client Service. @default 'kafka' */
  readonly name?: string;
  /** Brokers; an odd number where they are controllers, too. @default - 1 locally, 3 in production */
  readonly replicas?: number;
  /**
   * Pods of their own for the controllers, or `false`: each broker is a controller, too, which is for
   * development.
   * @default - false locally, three in production
   */
  readonly controllers?: KafkaControllersProps | false;
  /** How clients and servers know each other. @default - not at all locally, SCRAM over TLS in production */
  readonly security?: KafkaSecurity;
  /**
   * Volume of each broker.
   * @default - 5 GiB locally, 100 GiB in production, or what the throughput of the topics needs
   */
  readonly storage?: Size;
  /** Memory limit of each broker; half of it is the heap, the rest caches files. @default - 1 GiB locally, 4 GiB in production */
  readonly memory?: Size;
  /** Buffers of sockets. @default - 100 KiB each way */
  readonly socketBuffers?: SocketBuffers;
  /** Whether copies are spread over the zones of nodes. @default - in production */
  readonly rackAware?: boolean;
  /** Whether brokers serve the metrics of their JVM to Prometheus. @default - in production */
  readonly jmxExporter?: boolean;
  /**
   * Further settings of `server.properties`, e.g. `num.io.threads`. What has a property here cannot be
   * set with it.
   * @default - none
   * @see https://kafka.apache.org/41/documentation.html#brokerconfigs
   */
  readonly properties?: Readonly<Record<string, string | number | boolean>>;
  /** Identity of the cluster: 16 bytes in URL-safe base64, 22 characters. Never change it. @default - derived from namespace and name */
  readonly clusterId?: string;
  /** Image. Its programs are expected in `/opt/kafka/bin`. @default - `DEFAULT_IMAGES.kafka` */
  readonly image?: string;
}

/** The settings of a server for buffers of sockets. @see https://kafka.apache.org/41/documentation.html#brokerconfigs */
export function socketProperties({ send, receive }: SocketBuffers = {}): Record<string, number> {
  return {
    ...(send && { 'socket.send.buffer.bytes': send.toKibibytes() * 1024 }),
    ...(receive && { 'socket.receive.buffer.bytes': receive.toKibibytes() * 1024 }),
  };
}

/** For callers without a compiler. @internal */
export const KAFKA_CLUSTER: Shape<KafkaClusterProps> = {
  ...SERVER_OPTIONS,
  ...KAFKA_OPTIONS,
  controllers: optional(
    either(
      oneOf(false),
      shaped<KafkaControllersProps>({
        replicas: optional(number()),
        storage: optional(size),
        memory: optional(size),
      }),
    ),
  ),
  security: optional(having('a KafkaSecurity, e.g. KafkaSecurity.scramOverTls()')),
  socketBuffers: optional(shaped<SocketBuffers>({ send: optional(size), receive: optional(size) })),
  rackAware: optional(flag),
  jmxExporter: optional(flag),
  properties: optional(mapOf(either(number(), flag, text))),
  clusterId: optional(text),
  image: optional(text),
};
