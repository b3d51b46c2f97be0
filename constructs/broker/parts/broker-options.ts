import { Duration, Size } from 'cdk8s';
import {
  duration,
  number,
  optional,
  type Shape,
  size,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import type { Environment } from '../../platform/environment.ts';

/** Options of every broker. */
export interface BrokerOptions {
  /** Partitions of a topic that does not say otherwise: the most pods of one consumer. @default 3 */
  readonly partitions?: number;
  /** How long messages are kept where a topic does not say otherwise. @default 7 days */
  readonly retention?: Duration;
  /** Largest message. @default 1 MiB */
  readonly maxMessageSize?: Size;
}

/** Options of brokers whose servers are pods of the platform. */
export interface BrokerServerOptions extends BrokerOptions {
  /** Servers: 1, or an odd number of 3 or more. @default - 1 locally, 3 in production */
  readonly replicas?: number;
  /** Volume of each server. @default - 5 GiB locally, 100 GiB in production */
  readonly storage?: Size;
  /** Storage class of the volumes. @default - the cluster's own default */
  readonly storageClass?: string;
  /** Memory limit of each server. @default - 1 GiB locally, 4 GiB in production */
  readonly memory?: Size;
}

/** For callers without a compiler. Each broker checks the values itself. @internal */
export const BROKER_OPTIONS: Shape<BrokerOptions & { readonly name?: string }> = {
  name: optional(text),
  partitions: optional(number()),
  retention: optional(duration),
  maxMessageSize: optional(size),
};

/** For callers without a compiler. @internal */
export const SERVER_OPTIONS: Shape<BrokerServerOptions & { readonly name?: string }> = {
  ...BROKER_OPTIONS,
  replicas: optional(number()),
  storage: optional(size),
  storageClass: optional(text),
  memory: optional(size),
};

/** The options of a broker with their defaults. @internal */
export function brokerOptions(options: BrokerOptions): Required<BrokerOptions> {
  return {
    partitions: options.partitions ?? 3,
    retention: options.retention ?? Duration.days(7),
    maxMessageSize: options.maxMessageSize ?? Size.mebibytes(1),
  };
}

/** How many servers a broker has, and what each of them gets. @internal */
export function serverOptions({ broker }: Environment, options: BrokerServerOptions) {
  return {
    replicas: options.replicas ?? broker.replicas,
    storage: options.storage ?? broker.storage,
    storageClass: options.storageClass,
    memory: options.memory ?? broker.memory,
    cpuRequest: broker.cpu,
  };
}
