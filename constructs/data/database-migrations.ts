import { Lazy, Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { Migration } from '../contracts/index.ts';
import { HashedJob } from '../core/hashed-job.ts';
import { commonLabels, shortHash } from '../core/names.ts';
import { resources } from '../core/quantities.ts';
import { type NetworkPeer, WorkloadNetworkPolicy } from '../security/network-policies.ts';
import { RESTRICTED_CONTAINER, restrictedPod } from '../security/pod-security.ts';
import type { CertificateFile } from './certificate-file.ts';
import { MIGRATE_SCRIPT } from './migration-script.ts';
import { POSTGRES_USER } from './postgres-server.ts';

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
  /** Called when everything is declared. */
  readonly migrations: () => readonly Migration[];
}

/** A Job that applies migrations; another set of migrations is another Job. */
export class DatabaseMigrations extends Construct {
  public constructor(scope: Construct, id: string, props: DatabaseMigrationsProps) {
    super(scope, id);
    const labels = commonLabels(props.name, 'provisioning');
    const files = () =>
      Object.fromEntries(props.migrations().map(({ name, sql }) => [`${name}.sql`, `${sql}\n`]));
    new k8s.KubeConfigMap(this, 'files', {
      metadata: { name: props.name, labels },
      data: Lazy.any({ produce: files }) as Record<string, string>,
    });
    new HashedJob(this, 'job', {
      metadata: { name: props.name, labels },
      spec: {
        backoffLimit: 6,
        template: {
          metadata: {
            labels,
            annotations: Lazy.any({
              produce: () => ({ 'event-platform/migrations-hash': shortHash(files()) }),
            }) as Record<string, string>,
          },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            restartPolicy: 'OnFailure',
            securityContext: restrictedPod(POSTGRES_USER),
            containers: [
              {
                name: 'migrations',
                image: props.image,
                command: ['/bin/bash', '-ec', MIGRATE_SCRIPT],
                env: props.env,
                resources: resources({ cpuRequest: '50m', memoryRequest: Size.mebibytes(64) }),
                securityContext: RESTRICTED_CONTAINER,
                volumeMounts: [
                  { name: 'migrations', mountPath: '/migrations', readOnly: true },
                  { name: 'tmp', mountPath: '/tmp' },
                  ...(props.authority ? [props.authority.mount] : []),
                ],
              },
            ],
            volumes: [
              { name: 'migrations', configMap: { name: props.name } },
              { name: 'tmp', emptyDir: {} },
              ...(props.authority ? [props.authority.volume] : []),
            ],
          },
        },
      },
    });
    new WorkloadNetworkPolicy(this, 'network', {
      name: props.name,
      workload: props.name,
      egress: [props.peer],
    });
  }
}
