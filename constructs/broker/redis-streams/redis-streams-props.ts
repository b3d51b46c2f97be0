import type { Duration, Size } from 'cdk8s';
import {
  duration,
  flag,
  number,
  optional,
  type Shape,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import { type BrokerServerOptions, SERVER_OPTIONS } from '../parts/broker-options.ts';
import type { AppendFsync } from './server-files.ts';

/** Properties of RedisStreams. */
export interface RedisStreamsProps extends BrokerServerOptions {
  /** Name of the StatefulSet, of the client Service and of the primary in Sentinel. @default 'redis' */
  readonly name?: string;
  /** Servers: 1, or an odd number of 3 or more, of which one is the primary. @default - 1 locally, 3 in production */
  readonly replicas?: number;
  /** Servers that have to be there for anything to be written, the primary included. @default - 1 locally, 2 in production */
  readonly minInSyncReplicas?: number;
  /** Whether clients log in, each with rights on its own streams. @default - not locally, but in production */
  readonly authentication?: boolean;
  /** When what was written is on the disk. @default AppendFsync.ALWAYS */
  readonly appendFsync?: AppendFsync;
  /** How long a primary may be silent before another one takes over: longer than it takes to start again. @default 30 seconds */
  readonly failoverAfter?: Duration;
  /** When an event that was not acknowledged is delivered again: longer than the retries of a delivery. @default 60 seconds */
  readonly redeliverAfter?: Duration;
  /** Deliveries to one pod at the same time. @default 32 */
  readonly concurrency?: number;
  /** Largest event, 1 to 512 MiB; the server ends the connection of a client that sends more. @default 1 MiB */
  readonly maxMessageSize?: Size;
  /** Volume of each server, three times the memory for events or more. @default - 5 GiB locally, 100 GiB in production */
  readonly storage?: Size;
  /** Memory limit of each server; half of it is for events. @default - 1 GiB locally, 4 GiB in production */
  readonly memory?: Size;
  /** Image with `redis-server`, `redis-cli` and a shell; Redis 7 or newer. @default - `DEFAULT_IMAGES.redis` */
  readonly image?: string;
  /** Image of the exporter, 1.88 or newer. @default - `DEFAULT_IMAGES.redisExporter` */
  readonly exporterImage?: string;
}

/** For callers without a compiler. @internal */
export const REDIS_STREAMS: Shape<RedisStreamsProps> = {
  ...SERVER_OPTIONS,
  minInSyncReplicas: optional(number()),
  authentication: optional(flag),
  appendFsync: optional(text),
  failoverAfter: optional(duration),
  redeliverAfter: optional(duration),
  concurrency: optional(number()),
  image: optional(text),
  exporterImage: optional(text),
};
