import { Duration } from 'cdk8s';
import {
  coded,
  duration,
  flag,
  having,
  optional,
  type Shape,
  text,
  whole,
} from '@cdk8s-event-platform/contracts/internal';
import { DeclarationError } from '../core/errors.ts';
import { hostProblem, portNumberProblem } from '../core/kubernetes-syntax.ts';
import { requireProps } from '../core/problems.ts';
import { STATE_STORE_TABLES } from '../data/database-roles.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import { TOOLS_LOGIN } from '../data/redis-cache-server.ts';
import type { RedisCache } from '../data/redis-cache.ts';
import { type ComponentMetadata, setting } from '../messaging/component-metadata.ts';
import type { IEventApp } from '../messaging/event-app.ts';
import type { SecretReference } from '../security/secret-reference.ts';

/** A Redis server that state is kept in. */
export interface RedisStateOptions {
  /** `host:port`, fully qualified. */
  readonly host: string;
  /** Secret with the key `password`. @default - no password */
  readonly credentials?: SecretReference;
  /** Whether connections use TLS. @default false */
  readonly tls?: boolean;
}

/** How sidecars use Redis. @see https://docs.dapr.io/reference/components-reference/supported-state-stores/setup-redis/ */
export interface RedisConnectionOptions {
  /** Connections of each sidecar at most. @default 50 */
  readonly poolSize?: number;
  /** Connections of each sidecar that are kept open. @default 0 */
  readonly minIdleConnections?: number;
  /** Time to connect. @default 10 seconds */
  readonly dialTimeout?: Duration;
  /** Time for an answer. @default 5 seconds */
  readonly readTimeout?: Duration;
  /** Time to send a command. @default - the time for an answer */
  readonly writeTimeout?: Duration;
}

/** A value, or the key of a Secret that has it. */
export type LoginValue =
  { readonly value: string } | { readonly secret: string; readonly key: string };

/** A server whose keys can be listed, and how the pod of the EventTools logs in there. */
export interface KeyServer {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** @default - the server's default user */
  readonly username?: LoginValue;
  /** @default - nobody logs in */
  readonly password?: LoginValue;
}

const CONNECTION_OPTIONS: Shape<RedisConnectionOptions> = {
  poolSize: optional(whole(1, 10_000)),
  minIdleConnections: optional(whole(0, 10_000)),
  dialTimeout: optional(duration),
  readTimeout: optional(duration),
  writeTimeout: optional(duration),
};

/** Settings of the component, with the names that Dapr's component for Redis has for them. */
function connectionSettings(options: RedisConnectionOptions): ComponentMetadata[] {
  const { dialTimeout = Duration.seconds(10), readTimeout = Duration.seconds(5) } = options;
  const time = (name: string, value: Duration): ComponentMetadata => {
    if (value.toMilliseconds() < 1) {
      throw new DeclarationError(
        'StateStoreBackend.redis',
        ...coded('EP1001', `${name} (${value.toHumanString()}) must be at least 1 ms`),
      );
    }
    const milliseconds = value.toMilliseconds();
    const isWhole = milliseconds % 1_000 === 0;
    return setting(name, isWhole ? `${milliseconds / 1_000}s` : `${milliseconds}ms`);
  };
  return [
    setting('poolSize', String(options.poolSize ?? 50)),
    ...(options.minIdleConnections === undefined
      ? []
      : [setting('minIdleConns', String(options.minIdleConnections))]),
    time('dialTimeout', dialTimeout),
    time('readTimeout', readTimeout),
    ...(options.writeTimeout === undefined ? [] : [time('writeTimeout', options.writeTimeout)]),
    // A command that is sent twice may arrive long after others: an invalidation would be undone.
    setting('redisMaxRetries', '-1'),
  ];
}

/** A `RedisCache`, whatever copy of the package it is of. */
function isCache(server: RedisCache | RedisStateOptions): server is RedisCache {
  return typeof server === 'object' && 'allowClient' in ((server as object | null) ?? {});
}

const REDIS_OPTIONS: Shape<RedisStateOptions> = {
  host: text,
  credentials: optional(having('a SecretReference, e.g. { name, keys }', 'name', 'keys')),
  tls: optional(flag),
};

/** @throws Error when it is not `host:port`. */
function portOf(address: string): number {
  const [, host, port] = /^(.*?)(?::(\d+))?$/s.exec(address)!;
  const problem = hostProblem(host!);
  if (problem !== undefined) {
    throw new DeclarationError(
      'StateStoreBackend.redis',
      ...coded(
        'EP1004',
        `host '${address}' of Redis ${problem}, with its port, e.g. 'redis.example.com:6379'`,
      ),
    );
  }
  if (port === undefined || portNumberProblem(Number(port)) !== undefined) {
    throw new DeclarationError(
      'StateStoreBackend.redis',
      ...coded(
        'EP1004',
        `host '${address}' of Redis has no TCP port: use host:port, e.g. '${host!}:6379'`,
      ),
    );
  }
  return Number(port);
}

/** A server in the cluster has a user for the tools; of another one, there is the login that is given. */
function keyServerOf(server: RedisCache | RedisStateOptions): KeyServer {
  const port = isCache(server) ? server.port : portOf(server.host);
  const host = isCache(server) ? server.host : server.host.slice(0, -`:${port}`.length);
  const address = { host, port, tls: server.tls ?? false };
  const { credentials } = server;
  if (isCache(server) && server.server !== undefined) {
    return {
      ...address,
      username: { value: TOOLS_LOGIN.username },
      password: { secret: credentials!.name, key: TOOLS_LOGIN.passwordKey },
    };
  }
  const login = (key: 'username' | 'password') =>
    credentials !== undefined && Object.hasOwn(credentials.keys, key)
      ? { [key]: { secret: credentials.name, key } }
      : {};
  return { ...address, ...login('username'), ...login('password') };
}

/** Where a {@link DaprStateStore} keeps its state. */
export class StateStoreBackend {
  /** Tables `dapr_state` and `dapr_metadata` in a schema and of a role of their own, in a database of the platform. */
  public static postgres(database: PostgresDatabase): StateStoreBackend {
    return new StateStoreBackend(
      'PostgreSQL',
      'state.postgresql',
      'v2',
      [
        {
          name: 'connectionString',
          secretKeyRef: { name: database.stateStoreRole().name, key: 'connection-string' },
        },
        setting('tablePrefix', STATE_STORE_TABLES.prefix),
        setting('metadataTableName', `${STATE_STORE_TABLES.prefix}metadata`),
      ],
      (app) => {
        database.allowClient(app.appId);
        app.allowEgress(database.peer);
        if (database.authority !== undefined) {
          app.addSidecarFile(database.authority);
        }
      },
      undefined,
      database,
    );
  }

  /**
   * Keys in Redis or Valkey.
   *
   * @param server a `RedisCache`, or the address of a server that somebody else runs.
   * @throws Error when an option is not valid.
   *
   * @example
   * StateStoreBackend.redis(cache, { poolSize: 20, readTimeout: Duration.seconds(2) });
   */
  public static redis(
    server: RedisCache | RedisStateOptions,
    options: RedisConnectionOptions = {},
  ): StateStoreBackend {
    requireProps('StateStoreBackend.redis', options, CONNECTION_OPTIONS);
    if (!isCache(server)) {
      requireProps('StateStoreBackend.redis', server, REDIS_OPTIONS);
      portOf(server.host);
    }
    const address = isCache(server) ? `${server.host}:${server.port}` : server.host;
    const { credentials } = server;
    const fromSecret = (name: string, key: string): ComponentMetadata[] =>
      credentials !== undefined && Object.hasOwn(credentials.keys, key)
        ? [{ name, secretKeyRef: { name: credentials.name, key } }]
        : [];
    return new StateStoreBackend(
      'Redis',
      'state.redis',
      'v1',
      [
        setting('redisHost', address),
        setting('enableTLS', server.tls ?? false),
        ...fromSecret('redisUsername', 'username'),
        ...fromSecret('redisPassword', 'password'),
        ...connectionSettings(options),
      ],
      (app) => {
        if (isCache(server)) {
          server.allowClient(app.appId);
        }
        app.allowEgress(isCache(server) ? server.peer : { ports: [portOf(server.host)] });
      },
      credentials,
      undefined,
      isCache(server) ? server : undefined,
      keyServerOf(server),
    );
  }

  private constructor(
    /** What people call it, e.g. `PostgreSQL`. */
    public readonly kind: string,
    /** Type of the component. */
    public readonly type: string,
    /** Version of the component's type. */
    public readonly version: string,
    /** Settings of the component. */
    public readonly metadata: readonly ComponentMetadata[],
    /** Called for each app that uses the store. */
    public readonly onGrant: (app: IEventApp) => void,
    /** Secret that has to be declared for the store. */
    public readonly credentials?: SecretReference,
    /** Database of the platform that state is kept in. @default - none */
    public readonly database?: PostgresDatabase,
    /** Cache of the platform that state is kept in. @default - none */
    public readonly cache?: RedisCache,
    /** Where the keys of stores can be listed. @default - they cannot */
    public readonly keyServer?: KeyServer,
  ) {}
}
