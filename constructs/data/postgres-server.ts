import { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { commonLabels, selectorLabels } from '../core/names.ts';
import { bytes, resources } from '../core/quantities.ts';
import { ServerAlerts } from '../observability/server-alerts.ts';
import { WorkloadNetworkPolicy, workloads } from '../security/network-policies.ts';
import { restrictedPod } from '../security/pod-security.ts';
import type { SecretReference } from '../security/secret-reference.ts';

/** User id of `postgres` in PostgreSQL's image. */
export const POSTGRES_USER = 999;

const PORT = 5432;

/**
 * PostgreSQL's defaults log no statement that succeeds, and no parameters. They log the text of one that
 * fails, and the DETAIL of its error, which has keys or the whole row: `terse` leaves it out. Parameters
 * stay out when somebody turns on logs of slow statements.
 */
const START_SCRIPT = `set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # Into a folder of its own: an interrupted start must not leave half a database behind.
  rm -rf "$PGDATA.new"
  initdb --pgdata="$PGDATA.new" --username="$POSTGRES_USER" --pwfile=<(printf '%s' "$POSTGRES_PASSWORD") --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --data-checksums
  echo 'host all all all scram-sha-256' >> "$PGDATA.new/pg_hba.conf"
  mv "$PGDATA.new" "$PGDATA"
fi
exec postgres -c listen_addresses='*' -c unix_socket_directories=/tmp \\
  -c log_error_verbosity=terse -c log_parameter_max_length=0 -c log_parameter_max_length_on_error=0
`;

/** Properties of {@link PostgresServer}. */
export interface PostgresServerProps {
  /** Name of the StatefulSet and of the Service. */
  readonly name: string;
  /** Image with `initdb` and `postgres` on the PATH. */
  readonly image: string;
  /** Size of the volume. */
  readonly storage: Size;
  /** Secret with the keys `username` and `password` of the superuser. */
  readonly credentials: SecretReference;
  /** Workloads that may connect; called when everything is declared. */
  readonly clients: () => readonly string[];
}

/** One PostgreSQL server with its volume. For development: production wants one that fails over. */
export class PostgresServer extends Construct {
  /** The generated StatefulSet. */
  public readonly statefulSet: k8s.KubeStatefulSet;
  /** The generated Service. */
  public readonly service: k8s.KubeService;
  /** Who may connect. */
  public readonly network: WorkloadNetworkPolicy;

  public constructor(scope: Construct, id: string, props: PostgresServerProps) {
    super(scope, id);
    const { name } = props;
    const labels = commonLabels(name, 'database');
    this.service = new k8s.KubeService(this, 'service', {
      metadata: { name, labels },
      spec: {
        clusterIp: 'None',
        selector: selectorLabels(name),
        ports: [{ name: 'postgres', port: PORT }],
      },
    });
    this.statefulSet = new k8s.KubeStatefulSet(this, 'stateful-set', {
      metadata: { name, labels },
      spec: {
        serviceName: name,
        replicas: 1,
        selector: { matchLabels: selectorLabels(name) },
        template: {
          metadata: { labels },
          spec: podOf(props),
        },
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: {
              accessModes: ['ReadWriteOnce'],
              resources: { requests: { storage: bytes(props.storage) } },
            },
          },
        ],
      },
    });
    this.network = new WorkloadNetworkPolicy(this, 'network', {
      name,
      workload: name,
      ingress: [{ peer: workloads(props.clients), ports: [PORT] }],
    });
    new ServerAlerts(this, 'alerts', { name, replicas: 1 });
  }
}

function podOf({ image, credentials }: PostgresServerProps): k8s.PodSpec {
  const fromSecret = (key: string): k8s.EnvVarSource => ({
    secretKeyRef: { name: credentials.name, key },
  });
  const ready: k8s.Probe = {
    exec: { command: ['pg_isready', '--host=127.0.0.1', `--port=${PORT}`] },
    periodSeconds: 5,
    timeoutSeconds: 3,
  };
  return restrictedPod(POSTGRES_USER, {
    terminationGracePeriodSeconds: 60,
    containers: [
      {
        name: 'postgres',
        image,
        command: ['/bin/bash', '-ec', START_SCRIPT],
        env: [
          { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' },
          { name: 'POSTGRES_USER', valueFrom: fromSecret('username') },
          { name: 'POSTGRES_PASSWORD', valueFrom: fromSecret('password') },
        ],
        ports: [{ name: 'postgres', containerPort: PORT }],
        lifecycle: {
          // SIGTERM waits for clients to leave; fast shutdown ends their transactions.
          preStop: { exec: { command: ['pg_ctl', 'stop', '--mode=fast', '--no-wait'] } },
        },
        startupProbe: { ...ready, failureThreshold: 60 },
        readinessProbe: ready,
        resources: resources({
          cpuRequest: '250m',
          memoryRequest: Size.mebibytes(256),
          memoryLimit: Size.gibibytes(1),
        }),
        volumeMounts: [
          { name: 'data', mountPath: '/var/lib/postgresql/data' },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [{ name: 'tmp', emptyDir: {} }],
  });
}
