import { type Size, SizeRoundingBehavior } from 'cdk8s';

/** Ports of a pod. */
export const REDIS_PORTS = {
  /** Apps, sidecars, KEDA, tools, and the servers among themselves. */
  client: 6379,
  /** Sentinel: who the primary is. */
  sentinel: 26_379,
  /** The exporter. */
  metrics: 9121,
} as const;

/** Folders and files of the containers. */
export const REDIS_PATHS = { config: '/etc/redis', data: '/data' } as const;

/**
 * Where a hash says how long each stream is kept, in milliseconds. It is not in the database of the
 * streams, all of whose keys the exporter takes for streams.
 */
export const RETENTION = { database: 1, key: 'event-platform:retention' } as const;

/** When what was written is on the disk. */
export enum AppendFsync {
  /** Before it is confirmed: a power failure loses nothing that was. */
  ALWAYS = 'always',
  /** Within a second: faster, and a power failure loses up to a second of confirmed events. */
  EVERY_SECOND = 'everysec',
}

/** What the servers' files depend on. */
export interface RedisFilesOptions {
  /** Name of the StatefulSet, and of the primary as Sentinel knows it. */
  readonly name: string;
  /** Full DNS name of the headless Service. */
  readonly headlessHost: string;
  /** Servers: 1, or an odd number of 3 or more, with Sentinel. */
  readonly replicas: number;
  /** Servers that have to be there for anything to be written, the primary included. */
  readonly minInSyncReplicas: number;
  readonly appendFsync: AppendFsync;
  /** Memory limit of a server; half of it is for events. */
  readonly memory: Size;
  readonly maxMessageSize: Size;
  /** Milliseconds that a primary may be silent before another one takes over. */
  readonly failoverMilliseconds: number;
  /** Whether clients log in. */
  readonly authentication: boolean;
}

/** Full names of the pods. */
export function serverHosts(
  options: Pick<RedisFilesOptions, 'name' | 'headlessHost' | 'replicas'>,
): string[] {
  const { name, headlessHost, replicas } = options;
  return Array.from({ length: replicas }, (_, ordinal) => `${name}-${ordinal}.${headlessHost}`);
}

/**
 * Memory for events, in mebibytes: half of the limit, since a server that rewrites its log is forked
 * and may come to need each page twice.
 */
export function eventMemory(memory: Size): number {
  return Math.floor(memory.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }) / 2);
}

/**
 * `redis.conf`: everything is in the append-only log, and nothing is ever evicted. A full server
 * refuses events, which the outbox of the producer keeps.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/config/
 */
export function redisConf(options: RedisFilesOptions): string {
  const settings: Record<string, string | number> = {
    port: REDIS_PORTS.client,
    // Without a password it would answer its own pod only; network policies say who may connect.
    'protected-mode': 'no',
    dir: REDIS_PATHS.data,
    appendonly: 'yes',
    appendfsync: options.appendFsync,
    save: '""',
    maxmemory: `${eventMemory(options.memory)}mb`,
    'maxmemory-policy': 'noeviction',
    'proto-max-bulk-len': options.maxMessageSize.toKibibytes() * 1024,
    'tcp-keepalive': 30,
    ...(options.replicas > 1 && {
      // A primary that the others have left refuses to write what nobody would ever see.
      'min-replicas-to-write': options.minInSyncReplicas - 1,
      'min-replicas-max-lag': 10,
      'repl-backlog-size': '64mb',
    }),
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key} ${value}\n`)
    .join('');
}

/**
 * The part of `sentinel.conf` that is the same for all pods and all times.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/
 */
export function sentinelConf(options: RedisFilesOptions): string {
  const { name, authentication } = options;
  return [
    `port ${REDIS_PORTS.sentinel}`,
    'dir /tmp',
    'protected-mode no',
    'sentinel resolve-hostnames yes',
    'sentinel announce-hostnames yes',
    `sentinel down-after-milliseconds ${name} ${options.failoverMilliseconds}`,
    `sentinel failover-timeout ${name} ${Math.max(60_000, 2 * options.failoverMilliseconds)}`,
    `sentinel parallel-syncs ${name} 1`,
    // Clients may ask who the primary is, and nothing else: apps need no second account.
    ...(authentication
      ? [
          'user default on nopass resetkeys resetchannels &+switch-master &+replica-reconf-done -@all +ping +hello +auth +info +client|setname +subscribe +unsubscribe +sentinel|get-master-addr-by-name +sentinel|sentinels +sentinel|replicas +sentinel|slaves',
        ]
      : []),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
