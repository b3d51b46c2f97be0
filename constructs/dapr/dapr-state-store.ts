import { Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import {
  coded,
  flag,
  having,
  optional,
  type Shape,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import { STATE_STORE_TABLES } from '../data/database-roles.ts';
import type { PostgresDatabase } from '../data/postgres-database.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { commonLabels, requireDnsLabel } from '../core/names.ts';
import { requireProps } from '../core/problems.ts';
import { otherPlatformProblem } from '../platform/same-platform.ts';
import { DeclarationError } from '../core/errors.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { hostProblem, portNumberProblem } from '../core/kubernetes-syntax.ts';
import { Component } from '../imports/dapr.io.ts';
import type { SecretReference } from '../security/secret-reference.ts';
import { type ComponentMetadata, setting } from '../messaging/component-metadata.ts';
import type { IEventApp } from '../messaging/event-app.ts';

/** A Redis server that state is kept in. */
export interface RedisStateOptions {
  /** `host:port`, fully qualified. */
  readonly host: string;
  /** Secret with the key `password`. @default - no password */
  readonly credentials?: SecretReference;
  /** Whether connections use TLS. @default false */
  readonly tls?: boolean;
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

  /** Keys in Redis. @throws Error when the host has no port. */
  public static redis(options: RedisStateOptions): StateStoreBackend {
    requireProps('StateStoreBackend.redis', options, REDIS_OPTIONS);
    const port = portOf(options.host);
    return new StateStoreBackend(
      'Redis',
      'state.redis',
      'v1',
      [
        setting('redisHost', options.host),
        setting('enableTLS', options.tls ?? false),
        ...(options.credentials === undefined
          ? []
          : [
              {
                name: 'redisPassword',
                secretKeyRef: { name: options.credentials.name, key: 'password' },
              },
            ]),
      ],
      (app) => app.allowEgress({ ports: [port] }),
      options.credentials,
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
  ) {}
}

/** Properties of {@link DaprStateStore}. */
export interface DaprStateStoreProps {
  /** Where state is kept. */
  readonly backend: StateStoreBackend;
  /** Name of the component. @default - the id */
  readonly name?: string;
}

const SHAPE: Shape<DaprStateStoreProps> = {
  backend: having('a StateStoreBackend, e.g. StateStoreBackend.postgres(database)', 'onGrant'),
  name: optional(text),
};

/**
 * A key-value store that apps reach through their sidecars. Only apps with a grant see it.
 *
 * @see https://docs.dapr.io/reference/components-reference/supported-state-stores/
 */
export class DaprStateStore extends Construct {
  /** Name of the component. */
  public readonly name: string;
  /** Where state is kept. */
  public readonly backend: StateStoreBackend;
  /** The generated object. */
  public readonly component: Component;
  readonly #appIds = new Set<string>();

  public constructor(scope: Construct, id: string, props: DaprStateStoreProps) {
    super(scope, id);
    assignLayer(this, Layer.COMPONENTS);
    requireProps(this, props, SHAPE);
    const platform = EventPlatform.of(this);
    const { backend } = props;
    const elsewhere = otherPlatformProblem(this, 'database', backend.database);
    if (elsewhere !== undefined) {
      throw new DeclarationError(this, ...coded('EP5002', elsewhere));
    }
    this.name = requireDnsLabel(this, 'name', props.name ?? id);
    this.backend = backend;
    if (backend.credentials !== undefined) {
      platform.addSecret(backend.credentials);
      const tls = backend.metadata.some(
        (entry) => entry.name === 'enableTLS' && 'value' in entry && entry.value === 'true',
      );
      if (platform.environment.production && !tls) {
        throw new DeclarationError(
          this,
          ...coded(
            'EP5005',
            'the password of Redis would cross the network in the clear in production: set tls',
          ),
        );
      }
    }
    this.component = new Component(this, 'component', {
      metadata: { name: this.name, labels: commonLabels(this.name, 'dapr') },
      scopes: Lazy.any({ produce: () => this.appIds }) as string[],
      spec: {
        type: backend.type,
        version: backend.version,
        metadata: backend.metadata.map((entry) => ({ ...entry })),
      },
    });
  }

  /** App ids that may read and write state. */
  public get appIds(): readonly string[] {
    return [...this.#appIds].sort();
  }

  /** Lets an app read and write state. */
  public grantAccess(app: IEventApp): void {
    const elsewhere = otherPlatformProblem(this, 'app', app);
    if (elsewhere !== undefined) {
      throw new DeclarationError(this, ...coded('EP5002', elsewhere));
    }
    this.#appIds.add(app.appId);
    this.backend.onGrant(app);
  }
}
