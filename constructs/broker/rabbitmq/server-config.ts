import { Duration, type Size, SizeRoundingBehavior } from 'cdk8s';

/** Time after which what a sidecar has and has not acknowledged is delivered again. */
export const CONSUMER_TIMEOUT = Duration.minutes(5);

/** Ports of a server. */
export const RABBITMQ_PORTS = {
  /** Apps, by their sidecars. */
  amqp: 5672,
  /** KEDA and the provisioning Job, by HTTP. */
  management: 15_672,
  /** Prometheus. */
  prometheus: 15_692,
  /** Where servers ask for each other's `distribution` port. */
  epmd: 4369,
  /** Between servers. */
  distribution: 25_672,
} as const;

/** What a server's configuration depends on. */
export interface ServerConfigOptions {
  /** Full names of the servers, e.g. `rabbit@rabbitmq-0.…`. */
  readonly nodes: readonly string[];
  /** Memory limit of a server. */
  readonly memory: Size;
  /** Volume of a server. */
  readonly storage: Size;
  /** Largest message that a client may send. */
  readonly largestMessage: Size;
  /** Whether clients have accounts of their own. */
  readonly accounts: boolean;
}

function bytes(size: Size, share = 1): number {
  const kibibytes = size.toKibibytes({ rounding: SizeRoundingBehavior.FLOOR });
  return Math.floor(kibibytes * share) * 1024;
}

/**
 * `rabbitmq.conf` of every server. What differs between servers is in the environment.
 *
 * @see https://www.rabbitmq.com/docs/configure
 */
export function serverConfig(options: ServerConfigOptions): string {
  const { nodes, memory, storage, accounts } = options;
  const settings: Record<string, string | number | boolean> = {
    'listeners.tcp.default': RABBITMQ_PORTS.amqp,
    'management.tcp.port': RABBITMQ_PORTS.management,
    'prometheus.tcp.port': RABBITMQ_PORTS.prometheus,

    // Standard output only: the root file system cannot be written.
    'log.console': true,
    'log.console.level': 'info',
    'log.console.use_colors': 'off',
    'log.file': false,

    // Without accounts, everybody is the guest, whom a server takes from its own host only by default.
    ...(!accounts && { loopback_users: 'none' }),

    // Publishers wait while more is in use. The rest is for the file system's cache and bursts.
    'vm_memory_high_watermark.absolute': bytes(memory, 1 / 2),
    // They also wait while less than this is free, so that a full disk stops no server.
    'disk_free_limit.absolute': bytes(storage, 1 / 10),
    // What is in this log is in memory, too, up to several times.
    'raft.wal_max_size_bytes': bytes(memory, 1 / 16),
    max_message_size: bytes(options.largestMessage),
    // What a sidecar has had for longer is delivered again. Apps hold deliveries while the database is
    // down, and consumers know repeats. Dapr (from 1.17.7 on) may keep deliveries of consumers that it
    // has given up, which end only so: https://github.com/dapr/components-contrib/issues/4540
    consumer_timeout: CONSUMER_TIMEOUT.toMilliseconds(),

    ...(nodes.length > 1 && {
      queue_leader_locator: 'balanced',
      'cluster_formation.peer_discovery_backend': 'classic_config',
      ...Object.fromEntries(
        nodes.map((node, index) => [`cluster_formation.classic_config.nodes.${index + 1}`, node]),
      ),
      // Servers without a majority take nothing that they might have to forget.
      cluster_partition_handling: 'pause_minority',
    }),
  };
  return Object.entries(settings)
    .map(([key, value]) => `${key} = ${value}\n`)
    .join('');
}

/** `enabled_plugins`: the HTTP API for KEDA and provisioning, and metrics. */
export const ENABLED_PLUGINS = '[rabbitmq_management,rabbitmq_prometheus].\n';
