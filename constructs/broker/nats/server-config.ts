import { Duration, Size, SizeRoundingBehavior } from 'cdk8s';
import { NATS_PORTS } from './nats-names.ts';
import { type NatsUser, userEntry } from './nats-users.ts';

/** Folder of the volume in a server. */
export const DATA_PATH = '/data';
/** Where a server writes its process id. */
export const PID_FILE = '/tmp/nats.pid';
/** Time in which a server that stops has its clients go elsewhere: the minimum that it takes. */
export const LAME_DUCK = Duration.seconds(30);

/** What the configuration of the servers depends on. */
export interface ServerConfigOptions {
  /** Name of the StatefulSet. */
  readonly name: string;
  /** Name of the headless Service, fully qualified. */
  readonly headlessHost: string;
  readonly replicas: number;
  /** Largest message. */
  readonly maxMessageSize: Size;
  /** Volume of each server. */
  readonly storage: Size;
  /** Undefined: a message is on the disk before it is confirmed. */
  readonly syncInterval: Duration | undefined;
  /** Undefined: everybody may do everything. */
  readonly users: readonly NatsUser[] | undefined;
}

/** Bytes of a message beside the event: headers such as its id. */
const HEADER_BYTES = 4096;

/** Bytes of the largest message with its headers. */
export function maxPayload(maxMessageSize: Size): number {
  return maxMessageSize.toKibibytes() * 1024 + HEADER_BYTES;
}

/**
 * The `nats.conf` of all servers; what differs between them is in variables.
 *
 * @see https://docs.nats.io/running-a-nats-service/configuration
 */
export function serverConfig(options: ServerConfigOptions): string {
  const { name, replicas, storage, syncInterval, users } = options;
  // The rest is for indexes, and so that writes are refused before the volume is full.
  const store = Math.floor(storage.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }) * 0.9);
  const sync = syncInterval === undefined ? 'always' : `"${syncInterval.toMilliseconds()}ms"`;
  return [
    'server_name: $POD_NAME',
    `listen: ":${NATS_PORTS.client}"`,
    `http: ":${NATS_PORTS.monitoring}"`,
    '# Clients go on to other servers by these names, and KEDA finds the leader of a consumer by them.',
    'client_advertise: $CLIENT_ADVERTISE',
    `pid_file: "${PID_FILE}"`,
    `max_payload: ${maxPayload(options.maxMessageSize)}`,
    '# Clients on a node that is gone are noticed within a minute; until then they would get events.',
    'ping_interval: "20s"',
    'ping_max: 2',
    `lame_duck_duration: "${LAME_DUCK.toSeconds()}s"`,
    'lame_duck_grace_period: "5s"',
    'jetstream {',
    `  store_dir: "${DATA_PATH}"`,
    '  max_memory_store: 64MB',
    `  max_file_store: ${store}MB`,
    `  sync_interval: ${sync}`,
    '}',
    ...(replicas > 1 ? clusterBlock(name, options.headlessHost, replicas) : []),
    ...(users === undefined
      ? []
      : ['authorization {', '  users: [', ...users.map(userEntry), '  ]', '}']),
    '',
  ].join('\n');
}

function clusterBlock(name: string, headlessHost: string, replicas: number): string[] {
  return [
    'cluster {',
    `  name: "${name}"`,
    `  listen: ":${NATS_PORTS.cluster}"`,
    '  routes: [',
    ...Array.from(
      { length: replicas },
      (_, index) => `    "nats-route://${name}-${index}.${headlessHost}:${NATS_PORTS.cluster}"`,
    ),
    '  ]',
    '}',
  ];
}
