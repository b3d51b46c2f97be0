import { Duration, Lazy, Size } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { Migration } from '@cdk8s-event-platform/contracts';
import type { DatabaseAccess } from '@cdk8s-event-platform/contracts/interface';
import { ConfigFiles, textFiles } from '../platform/config-files.ts';
import { DeclarationError } from '../core/errors.ts';
import { HashedJob } from '../platform/hashed-job.ts';
import { commonLabels } from '../core/names.ts';
import { resources } from '../core/quantities.ts';
import { type NetworkPeer, WorkloadNetworkPolicy } from '../security/network-policies.ts';
import { restrictedPod } from '../security/pod-security.ts';
import type { CertificateFile } from '../security/certificate-file.ts';
import { MIGRATION_VARIABLES } from './connection-script.ts';
import { MIGRATE_SCRIPT } from './migration-script.ts';
import { POSTGRES_USER } from './postgres-server.ts';
import { ACCESS_FILES } from './role-script.ts';
import { coded } from '@cdk8s-event-platform/contracts/internal';

/** How long the Job that applies migrations waits, and for what. */
export interface MigrationJobOptions {
  /** Longest wait for a server that does not answer, or cannot be written to. @default 5 minutes */
  readonly connectTimeout?: Duration;
  /** Longest wait of a migration for a lock. Sessions that use the table wait behind it. @default 10 seconds */
  readonly lockTimeout?: Duration;
  /**
   * Longest time for the Job, with all its attempts and migrations.
   *
   * @default 1 hour
   * @see https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-termination-and-cleanup
   */
  readonly deadline?: Duration;
  /** Database that is opened to create a missing one. @default 'postgres' */
  readonly maintenanceDatabase?: string;
}

/** Properties of {@link DatabaseMigrations}. */
export interface DatabaseMigrationsProps {
  /** Name of the ConfigMap, and of the Job in front of its hash. */
  readonly name: string;
  /** Image with `psql`. */
  readonly image: string;
  /** libpq's variables of a login that owns the database. */
  readonly env: k8s.EnvVar[];
  /** Who signs the server's certificate. @default - somebody whom systems know */
  readonly authority?: CertificateFile;
  /** Where the server is. */
  readonly peer: NetworkPeer;
  /** How long the Job waits. @default - the defaults of its options */
  readonly options?: MigrationJobOptions;
  /** Called when everything is declared. */
  readonly migrations: () => readonly Migration[];
  /** Roles and what each is for. Called when everything is declared. */
  readonly access: () => DatabaseAccess;
  /** Makes a volume with the password of each role. Called when everything is declared. */
  readonly passwords: (name: string) => k8s.Volume;
}

/** A Job that applies migrations and has roles log in and do what is declared; other ones are another Job. */
export class DatabaseMigrations extends Construct {
  /** The files with migrations, and with what each role may do. */
  public readonly files: ConfigFiles;
  /** The generated Job. */
  public readonly job: HashedJob;
  /** What the Job may talk to. */
  public readonly network: WorkloadNetworkPolicy;

  public constructor(scope: Construct, id: string, props: DatabaseMigrationsProps) {
    super(scope, id);
    const labels = commonLabels(props.name, 'provisioning');
    const { deadline, env } = this.#waits(props.options);
    const files = () => ({
      ...Object.fromEntries(props.migrations().map(({ name, sql }) => [`${name}.sql`, `${sql}\n`])),
      ...textFiles(accessText(props.access()), ACCESS_FILES),
    });
    this.files = new ConfigFiles(this, 'files', { name: props.name, labels, files });
    this.job = new HashedJob(this, 'job', {
      metadata: { name: props.name, labels },
      spec: {
        backoffLimit: 6,
        activeDeadlineSeconds: deadline,
        template: {
          metadata: {
            labels,
            annotations: Lazy.any({
              produce: () => ({ 'event-platform/migrations-hash': this.files.hash() }),
            }) as Record<string, string>,
          },
          spec: restrictedPod(POSTGRES_USER, {
            restartPolicy: 'OnFailure',
            containers: [
              {
                name: 'migrations',
                image: props.image,
                command: ['/bin/bash', '-ec', MIGRATE_SCRIPT],
                env: [...props.env, ...env],
                // `kubectl describe pod` shows the error.
                terminationMessagePolicy: 'FallbackToLogsOnError',
                resources: resources({ cpuRequest: '50m', memoryRequest: Size.mebibytes(64) }),
                volumeMounts: [
                  { name: 'migrations', mountPath: '/migrations', readOnly: true },
                  { name: 'roles', mountPath: '/roles', readOnly: true },
                  { name: 'tmp', mountPath: '/tmp' },
                  ...(props.authority ? [props.authority.mount] : []),
                ],
              },
            ],
            volumes: [
              this.files.volume('migrations'),
              Lazy.any({ produce: () => props.passwords('roles') }) as k8s.Volume,
              { name: 'tmp', emptyDir: {} },
              ...(props.authority ? [props.authority.volume] : []),
            ],
          }),
        },
      },
    });
    this.job.addDependency(this.files.configMap);
    this.network = new WorkloadNetworkPolicy(this, 'network', {
      name: props.name,
      workload: props.name,
      egress: [props.peer],
    });
  }

  #waits(options: MigrationJobOptions = {}): { deadline: number; env: k8s.EnvVar[] } {
    const { maintenanceDatabase = 'postgres' } = options;
    const seconds = (what: string, duration: Duration): number => {
      const value = duration.toSeconds({ integral: false });
      if (!Number.isInteger(value) || value < 1) {
        throw new DeclarationError(
          this,
          ...coded('EP1003', `${what} (${value} s) must be whole seconds, at least 1`),
        );
      }
      return value;
    };
    const connect = seconds('connectTimeout', options.connectTimeout ?? Duration.minutes(5));
    const lock = seconds('lockTimeout', options.lockTimeout ?? Duration.seconds(10));
    const deadline = seconds('deadline', options.deadline ?? Duration.hours(1));
    if (deadline <= connect + lock) {
      throw new DeclarationError(
        this,
        ...coded(
          'EP1003',
          `deadline (${deadline} s) must exceed connectTimeout and lockTimeout (${connect} s and ${lock} s): the Job would end before it can say what it waits for`,
        ),
      );
    }
    if (maintenanceDatabase === '') {
      throw new DeclarationError(
        this,
        ...coded('EP1003', `maintenanceDatabase is empty: leave it out, or name one`),
      );
    }
    return {
      deadline,
      env: [
        { name: MIGRATION_VARIABLES.connectSeconds, value: String(connect) },
        { name: MIGRATION_VARIABLES.lockSeconds, value: String(lock) },
        { name: MIGRATION_VARIABLES.maintenanceDatabase, value: maintenanceDatabase },
      ],
    };
  }
}

/** What roles are for, a line for each role: a change of one is a change of its line. */
function accessText({ roles, ...rest }: DatabaseAccess): string {
  const lines = roles.map((role) => `  ${JSON.stringify(role)}`).join(',\n');
  return `${JSON.stringify(rest).slice(0, -1)},"roles":[\n${lines}\n]}\n`;
}
