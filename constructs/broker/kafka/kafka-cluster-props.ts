import type { Duration, Size } from 'cdk8s';
import type { Compression } from '../../messaging/message-broker.ts';
import type { KafkaSecurity } from './kafka-security.ts';
import {
  duration,
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
import { BROKER_OPTIONS, SERVER_OPTIONS, KAFKA_OPTIONS } from '../parts/common-shapes.ts';

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
export interface KafkaClusterProps {
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
  /** Copies of each partition. @default - 1 locally, 3 in production */
  readonly replicationFactor?: number;
  /** Copies that must have a message before it is confirmed. @default - 1 locally, 2 in production */
  readonly minInSyncReplicas?: number;
  /** Partitions of a topic that does not say otherwise. @default 3 */
  readonly partitions?: number;
  /** How long messages are kept where a topic does not say otherwise. @default 7 days */
  readonly retention?: Duration;
  /** How long offsets of a group without members are kept. @default - a day longer than the longest retention */
  readonly offsetsRetention?: Duration;
  /** Largest message. @default 1 MiB */
  readonly maxMessageSize?: Size;
  /**
   * How sidecars compress what they publish. Consumers read whatever is in a topic.
   *
   * @default - 'none' locally, 'zstd' in production
   */
  readonly compression?: Compression | 'none';
  /**
   * Volume of each broker.
   * @default - 5 GiB locally, 100 GiB in production, or what the throughput of the topics needs
   */
  readonly storage?: Size;
  /** Storage class of the volumes. @default - the cluster's own default */
  readonly storageClass?: string;
  /** Memory limit of each broker; half of it is the heap, the rest caches files. @default - 1 GiB locally, 4 GiB in production */
  readonly memory?: Size;
  /** Buffers of sockets. @default - 100 KiB each way */
  readonly socketBuffers?: SocketBuffers;
  /** Whether copies are spread over the zones of nodes. @default - in production */
  readonly rackAware?: boolean;
  /** Whether brokers serve the figures of their JVM to Prometheus. @default - in production */
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
  ...BROKER_OPTIONS,
  ...KAFKA_OPTIONS,
  ...SERVER_OPTIONS,
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
  offsetsRetention: optional(duration),
  socketBuffers: optional(shaped<SocketBuffers>({ send: optional(size), receive: optional(size) })),
  rackAware: optional(flag),
  jmxExporter: optional(flag),
  properties: optional(mapOf(either(number(), flag, text))),
  clusterId: optional(text),
  image: optional(text),
};
