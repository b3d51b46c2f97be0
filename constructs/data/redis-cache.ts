import { Size, SizeRoundingBehavior } from 'cdk8s';
import { Construct } from 'constructs';
import {
  coded,
  flag,
  having,
  oneOf,
  optional,
  type Problem,
  type Shape,
  shaped,
  size,
  text,
  whole,
} from '@cdk8s-event-platform/contracts/internal';
import { hostProblem } from '../core/kubernetes-syntax.ts';
import { requireDnsLabel } from '../core/names.ts';
import { reportAll, requireProps } from '../core/problems.ts';
import { DEFAULT_IMAGES } from '../core/versions.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { type NetworkPeer, workloads } from '../security/network-policies.ts';
import { type SecretReference, SecretValue } from '../security/secret-reference.ts';
import { CACHE_PORT, EvictionPolicy, RedisCacheServer, TOOLS_LOGIN } from './redis-cache-server.ts';

/** A server that somebody else runs, such as ElastiCache. */
export interface ExternalRedis {
  /** Host name. */
  readonly host: string;
  /** @default 6379 */
  readonly port?: number;
  /** Whether connections use TLS, which production needs. @default true */
  readonly tls?: boolean;
  /** Secret with the key `password`, and `username` where there are users. @default - nobody logs in */
  readonly credentials?: SecretReference;
}

/** Properties of {@link RedisCache}. */
export interface RedisCacheProps {
  /** Name of the StatefulSet, of its Service and of what belongs to them. @default 'cache' */
  readonly name?: string;
  /** Memory limit of the server; three quarters are for values. @default 256 MiB */
  readonly memory?: Size;
  /** What a full cache forgets first. @default EvictionPolicy.LEAST_RECENTLY_USED */
  readonly evictionPolicy?: EvictionPolicy;
  /** Image with a shell, and `redis-server` 7 or newer or `valkey-server`. @default - `DEFAULT_IMAGES.redis` */
  readonly image?: string;
  /** Image of the exporter. @default - `DEFAULT_IMAGES.redisExporter` */
  readonly exporterImage?: string;
  /** A server that somebody else runs. @default - one in the cluster */
  readonly external?: ExternalRedis;
}

const SHAPE: Shape<RedisCacheProps> = {
  name: optional(text),
  memory: optional(size),
  evictionPolicy: optional(oneOf(...Object.values(EvictionPolicy))),
  image: optional(text),
  exporterImage: optional(text),
  external: optional(
    shaped<ExternalRedis>({
      host: text,
      port: optional(whole(1, 65_535)),
      tls: optional(flag),
      credentials: optional(having('a SecretReference, e.g. { name, keys }', 'name', 'keys')),
    }),
  ),
};

const MIN_MEMORY = Size.mebibytes(32);

/**
 * A Redis or Valkey server for state that can be lost: one pod of the cluster with everything in memory, or a reference
 * to a server outside, such as ElastiCache. Sidecars log in as a user that may do what state needs, and nothing else.
 *
 * @example
 * const cache = new RedisCache(platform, 'cache');
 * new DaprStateStore(platform, 'task-cache', {
 *   store: TaskCache,
 *   backend: StateStoreBackend.redis(cache),
 * });
 */
export class RedisCache extends Construct {
  /** Host name of the server. */
  public readonly host: string;
  public readonly port: number;
  public readonly tls: boolean;
  /** Secret with the key `password`, and perhaps `username`; undefined where nobody logs in. */
  public readonly credentials: SecretReference | undefined;
  /** Where clients connect to. */
  public readonly peer: NetworkPeer;
  /** The server, when it is in the cluster. */
  public readonly server: RedisCacheServer | undefined;
  readonly #clients: string[] = [];

  /** A server that somebody else runs. */
  public static external(scope: Construct, id: string, external: ExternalRedis): RedisCache {
    return new RedisCache(scope, id, { external });
  }

  public constructor(scope: Construct, id: string, props: RedisCacheProps = {}) {
    super(scope, id);
    assignLayer(this, Layer.BROKER_AND_STATE);
    requireProps(this, props, SHAPE);
    const platform = EventPlatform.of(this);
    const { environment } = platform;
    const { external, memory = Size.mebibytes(256) } = props;
    const name = requireDnsLabel(this, 'name', props.name ?? 'cache', 40);
    reportAll(this, cacheProblems(external, memory, environment.production));
    this.host = external?.host ?? `${name}.${environment.namespace}.svc.cluster.local`;
    this.port = external?.port ?? CACHE_PORT;
    this.tls = external === undefined ? false : (external.tls ?? true);
    this.peer = {
      ...(external === undefined && { peer: workloads(() => [name]) }),
      ports: [this.port],
    };
    this.credentials = external === undefined ? ownCredentials(name) : external.credentials;
    this.server = external === undefined ? this.#addServer(name, memory, props) : undefined;
    if (this.credentials !== undefined) {
      platform.addSecret(this.credentials);
    }
  }

  #addServer(name: string, memory: Size, props: RedisCacheProps): RedisCacheServer {
    return new RedisCacheServer(this, 'server', {
      ...{ name, memory, credentials: this.credentials! },
      image: props.image ?? DEFAULT_IMAGES.redis,
      exporterImage: props.exporterImage ?? DEFAULT_IMAGES.redisExporter,
      evictionPolicy: props.evictionPolicy ?? EvictionPolicy.LEAST_RECENTLY_USED,
      clients: () => this.#clients,
    });
  }

  /** Lets the pods of a workload connect. */
  public allowClient(workload: string): void {
    this.#clients.push(workload);
  }
}

function ownCredentials(name: string): SecretReference {
  return {
    name: `${name}-credentials`,
    keys: {
      username: SecretValue.literal('state'),
      password: SecretValue.random(),
      'exporter-password': SecretValue.random(),
      [TOOLS_LOGIN.passwordKey]: SecretValue.random(),
    },
  };
}

function cacheProblems(
  external: ExternalRedis | undefined,
  memory: Size,
  production: boolean,
): Problem[] {
  const wrongHost = external === undefined ? undefined : hostProblem(external.host);
  return [
    ...coded('EP1004', wrongHost && `host '${external?.host}' ${wrongHost}`),
    ...coded(
      'EP1001',
      memory.toMebibytes({ rounding: SizeRoundingBehavior.NONE }) < MIN_MEMORY.toMebibytes() &&
        `memory (${memory.toKibibytes({ rounding: SizeRoundingBehavior.NONE })} KiB) must be at least 32 MiB, e.g. Size.mebibytes(256)`,
    ),
    ...coded(
      'EP5005',
      production &&
        external === undefined &&
        "the server in the cluster is one pod without TLS, which production cannot rely on: use one outside, e.g. RedisCache.external(platform, 'cache', { host: 'cache.example.com', credentials })",
      production &&
        external?.tls === false &&
        `tls is off for '${external.host}': passwords and state would cross the network in the clear in production; leave tls on`,
    ),
  ];
}
