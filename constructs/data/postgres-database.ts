import { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import {
  coded,
  type Problem,
  duration,
  optional,
  type Shape,
  shaped,
  size,
  text,
} from '@cdk8s-event-platform/contracts/internal';
import type { AppManifest, Migration } from '@cdk8s-event-platform/contracts';
import { DEFAULT_INBOX_DAYS, PLATFORM_MIGRATIONS } from '@cdk8s-event-platform/contracts/interface';
import {
  EXTERNAL_POSTGRES,
  type Environment,
  type ExternalPostgres,
  postgresProblems,
} from '../platform/environment.ts';
import { EventPlatform } from '../platform/event-platform.ts';
import { assignLayer, Layer } from '../platform/layers.ts';
import { requireDnsLabel } from '../core/names.ts';
import { reportAll, requireProps, validateLater } from '../core/problems.ts';
import { type NetworkPeer, workloads } from '../security/network-policies.ts';
import { type SecretReference, SecretValue } from '../security/secret-reference.ts';
import { DEFAULT_IMAGES } from '../core/versions.ts';
import { CertificateFile } from '../security/certificate-file.ts';
import type { LagTrigger } from '../messaging/message-broker.ts';
import { DueWorkScaling } from './due-work-scaling.ts';
import { DatabaseRoles } from './database-roles.ts';
import { DatabaseMigrations, type MigrationJobOptions } from './database-migrations.ts';
import { migrationProblems } from './migration-problems.ts';
import { PostgresServer } from './postgres-server.ts';

/** Properties of {@link PostgresDatabase}. */
export interface PostgresDatabaseProps {
  /** Name of the server's StatefulSet and Service, and of what belongs to the database. @default 'postgres' */
  readonly name?: string;
  /** Database within the server. @default 'event_platform' */
  readonly database?: string;
  /** Role that owns the database, which the Job of the migrations logs in as. @default 'event_platform' */
  readonly user?: string;
  /** A server that somebody else runs. @default - that of the environment, else one in the cluster */
  readonly external?: ExternalPostgres;
  /** Volume of a server in the cluster. @default 5 GiB */
  readonly storage?: Size;
  /** Image of the server and of `psql`. Programs are expected on the PATH. @default - `DEFAULT_IMAGES.postgres` */
  readonly image?: string;
  /** How long the Job that applies migrations waits. @default - the defaults of its options */
  readonly migrationJob?: MigrationJobOptions;
}

const SHAPE: Shape<PostgresDatabaseProps> = {
  name: optional(text),
  database: optional(text),
  user: optional(text),
  external: optional(EXTERNAL_POSTGRES),
  storage: optional(size),
  image: optional(text),
  migrationJob: optional(
    shaped<MigrationJobOptions>({
      connectTimeout: optional(duration),
      lockTimeout: optional(duration),
      deadline: optional(duration),
      maintenanceDatabase: optional(text),
    }),
  ),
};

/**
 * The database that consumers keep their inbox and effects in: a server in the cluster or a
 * reference to one outside, and a Job that applies the declared migrations. Each app logs in as a role of its
 * own, which has what its manifest implies and no rows of others.
 */
export class PostgresDatabase extends Construct {
  /** Host name of the server. */
  public readonly host: string;
  /** TCP port of the server. */
  public readonly port: number;
  /** Database within the server. */
  public readonly database: string;
  /** Role that owns the database. */
  public readonly user: string;
  /** Where clients connect to. */
  public readonly peer: NetworkPeer;
  /** Keys `username` and `password` of the owner. */
  public readonly credentials: SecretReference;
  /** libpq's name of how connections are encrypted. @see https://www.postgresql.org/docs/18/libpq-ssl.html */
  public readonly sslMode: 'disable' | 'verify-full';
  /** The server, when it is in the cluster. */
  public readonly server: PostgresServer | undefined;
  /** Certificates of who signs the server's, when systems do not know them anyway. */
  public readonly authority: CertificateFile | undefined;
  readonly #migrations: Migration[] = [...PLATFORM_MIGRATIONS];
  readonly #clients: string[] = [];
  readonly #name: string;
  readonly #roles: DatabaseRoles;
  #dueWork: DueWorkScaling | undefined;
  #inboxDays = DEFAULT_INBOX_DAYS;

  public constructor(scope: Construct, id: string, props: PostgresDatabaseProps = {}) {
    super(scope, id);
    assignLayer(this, Layer.BROKER_AND_STATE);
    requireProps(this, props, SHAPE);
    const platform = EventPlatform.of(this);
    const { environment } = platform;
    const name = requireDnsLabel(this, 'name', props.name ?? 'postgres', 40);
    const { user = 'event_platform', database = 'event_platform' } = props;
    const external = props.external ?? environment.postgres;
    reportAll(this, databaseProblems({ database, user }, props.external, external, environment));
    this.#name = name;
    this.user = user;
    this.database = database;
    const address = external ?? {
      host: `${name}.${environment.namespace}.svc.cluster.local`,
      tls: false,
    };
    this.host = address.host;
    this.port = address.port ?? 5432;
    this.sslMode = address.tls === false ? 'disable' : 'verify-full';
    const inCluster = external === undefined;
    this.peer = { ...(inCluster && { who: workloads(() => [name]) }), ports: [this.port] };
    this.authority = this.#authorityOf(external);
    this.credentials = this.#ownerCredentials(inCluster);
    platform.addSecret(this.credentials);
    this.#roles = new DatabaseRoles(this, {
      name,
      database,
      connectionString: this.#connectionString(),
    });

    const { image = DEFAULT_IMAGES.postgres, storage = Size.gibibytes(5) } = props;
    this.server = inCluster ? this.#addServer(image, storage) : undefined;
    new DatabaseMigrations(this, 'migrations', {
      name: `${name}-migrations`,
      image,
      env: this.connectionEnv(),
      ...(this.authority && { authority: this.authority }),
      peer: this.peer,
      ...(props.migrationJob && { options: props.migrationJob }),
      migrations: () => this.migrations,
      access: () => this.#roles.access(this.#inboxDays),
      passwords: (volume) => this.#roles.volume(volume),
    });
    this.allowClient(`${name}-migrations`);
    validateLater(this, () => coded('EP2006', ...migrationProblems(this.#migrations)));
  }

  /** The migrations that are applied, in order. */
  public get migrations(): readonly Migration[] {
    const byName = new Map(this.#migrations.map((migration) => [migration.name, migration]));
    return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /**
   * Adds the migrations of an app, and gives it a role of its own: for the tables of its migrations and, by
   * what it subscribes to and publishes, for its own rows of the tables that apps share.
   *
   * @returns Secret with the keys `username` and `password`.
   */
  public addApp(manifest: AppManifest): SecretReference {
    manifest.migrations?.forEach((migration) => this.addMigration(migration));
    this.allowClient(manifest.appId);
    return this.#roles.ofApp(manifest);
  }

  /** Lets an app that was added see and change the quarantine of all consumers. */
  public grantQuarantine(appId: string): void {
    this.#roles.collect(appId);
  }

  /** The role of Dapr's state store. @internal */
  public stateStoreRole(): SecretReference {
    return this.#roles.stateStore();
  }

  /** Adds a migration that belongs to no app: no app may use its tables. The same one may be added several times. */
  public addMigration(migration: Migration): void {
    this.#migrations.push(migration);
  }

  /** Days for which the inbox remembers events: the most that any consumer of the database needs. */
  public get inboxDays(): number {
    return this.#inboxDays;
  }

  /** Makes the inbox remember events for at least this many days. */
  public rememberEvents(days: number): void {
    this.#inboxDays = Math.max(this.#inboxDays, days);
  }

  /** A trigger that wakes an app which has no pod when something in the database is due for it. */
  public dueWorkTrigger(appId: string): LagTrigger {
    this.#dueWork ??= new DueWorkScaling(this, 'due-work', {
      database: this,
      credentials: this.#roles.dueWork(),
      name: this.#name,
    });
    return this.#dueWork.triggerOf(appId);
  }

  /** Lets the pods of a workload connect. */
  public allowClient(workload: string): void {
    this.#clients.push(workload);
  }

  /**
   * libpq's environment variables for a container that connects.
   *
   * @param credentials Secret of a role, e.g. of {@link addApp}. @default - those of the owner
   * @see https://www.postgresql.org/docs/18/libpq-envars.html
   */
  public connectionEnv(credentials: SecretReference = this.credentials): k8s.EnvVar[] {
    const fromSecret = (name: string, key: string): k8s.EnvVar => ({
      name,
      valueFrom: { secretKeyRef: { name: credentials.name, key } },
    });
    return [
      { name: 'PGHOST', value: this.host },
      { name: 'PGPORT', value: String(this.port) },
      { name: 'PGDATABASE', value: this.database },
      { name: 'PGSSLMODE', value: this.sslMode },
      ...this.#authorityEnv(),
      fromSecret('PGUSER', 'username'),
      fromSecret('PGPASSWORD', 'password'),
    ];
  }

  /** libpq looks for authorities in the user's home unless it is told; Node.js has a variable of its own. */
  #authorityEnv(): k8s.EnvVar[] {
    if (this.authority !== undefined) {
      const { path } = this.authority;
      return ['PGSSLROOTCERT', 'NODE_EXTRA_CA_CERTS'].map((name) => ({ name, value: path }));
    }
    return this.sslMode === 'disable' ? [] : [{ name: 'PGSSLROOTCERT', value: 'system' }];
  }

  #ownerCredentials(inCluster: boolean): SecretReference {
    const { user, host } = this;
    const password = inCluster
      ? SecretValue.random()
      : SecretValue.external(`password of the role '${user}' on ${host}`);
    return {
      name: `${this.#name}-credentials`,
      keys: { username: SecretValue.literal(user), password },
    };
  }

  #addServer(image: string, storage: Size): PostgresServer {
    return new PostgresServer(this, 'server', {
      name: this.#name,
      image,
      storage,
      credentials: this.credentials,
      clients: () => this.#clients,
    });
  }

  #authorityOf(external: ExternalPostgres | undefined): CertificateFile | undefined {
    return this.sslMode === 'disable' || external?.certificateAuthority === undefined
      ? undefined
      : new CertificateFile(this, 'authority', {
          name: `${this.#name}-authority`,
          certificates: external.certificateAuthority,
        });
  }

  /** libpq's keywords, with places for the keys of a Secret. */
  #connectionString(): string {
    const { host, port, database, sslMode, authority } = this;
    const rootCertificate = authority === undefined ? '' : ` sslrootcert=${authority.path}`;
    return `host=${host} port=${port} dbname=${database} user=\${username} password=\${password} sslmode=${sslMode}${rootCertificate}`;
  }
}

function databaseProblems(
  names: Readonly<Record<string, string>>,
  declared: ExternalPostgres | undefined,
  used: ExternalPostgres | undefined,
  { production }: Environment,
): Problem[] {
  return [
    ...coded('EP1002', ...nameProblems(names)),
    // That of the environment was checked there.
    ...coded('EP1004', ...(declared ? postgresProblems(declared) : [])),
    ...coded('EP5005', ...(production ? productionProblems(used) : [])),
  ];
}

function nameProblems(names: Readonly<Record<string, string>>): string[] {
  return Object.entries(names)
    .filter(([, value]) => !/^[a-z_][a-z0-9_]{0,62}$/.test(value))
    .map(
      ([what, value]) =>
        `${what} '${value}' is not a plain SQL name: use at most 63 of a-z, 0-9 and '_'`,
    );
}

function productionProblems(external: ExternalPostgres | undefined): string[] {
  if (external === undefined) {
    return [
      "the server in the cluster is one pod without TLS and without a copy, which production cannot rely on: give one outside, e.g. Environment.production({ postgres: { host: 'postgres.example.com' } })",
    ];
  }
  return external.tls === false
    ? [
        `tls is off for '${external.host}': passwords would cross the network in the clear in production; leave tls on`,
      ]
    : [];
}
