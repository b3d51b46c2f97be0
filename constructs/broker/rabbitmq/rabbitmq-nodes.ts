import type { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { EventPlatform } from '../../platform/event-platform.ts';
import { resources } from '../../core/quantities.ts';
import { type SecretReference, SecretValue } from '../../security/secret-reference.ts';
import { BrokerServers } from '../parts/broker-servers.ts';
import { ipv6Files } from './ipv6-files.ts';
import { ENABLED_PLUGINS, RABBITMQ_PORTS, serverConfig } from './server-config.ts';

/** The user `rabbitmq` of the image. */
export const RABBITMQ_USER = 999;

const CONFIG_PATH = '/etc/rabbitmq';

/** Properties of {@link RabbitMqNodes}. */
export interface RabbitMqNodesProps {
  /** Name of the StatefulSet and of the client Service. */
  readonly name: string;
  readonly replicas: number;
  readonly image: string;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  /** Memory limit. */
  readonly memory: Size;
  /** In Kubernetes notation. */
  readonly cpuRequest: string;
  /** Largest message that a client may send. */
  readonly largestMessage: Size;
  /** The account that may do everything. @default - everybody is the guest, who may */
  readonly administrator: SecretReference | undefined;
}

/** The cookie has to be its owner's alone, and the tools in the pod look for it where servers do. */
const START_SCRIPT = `set -euo pipefail
if [ -n "\${ERLANG_COOKIE:-}" ]; then
  umask 077
  rm -f "$HOME/.erlang.cookie"
  printf '%s' "$ERLANG_COOKIE" > "$HOME/.erlang.cookie"
fi
exec rabbitmq-server
`;

/**
 * Waits until the others can do without this server, then has its leaders move and its clients look
 * for another one. Either takes no longer than the pod has to stop.
 */
const STOP_SCRIPT = `rabbitmq-upgrade await_online_quorum_plus_one -t 60 || true
rabbitmq-upgrade drain || true
`;

function fromSecret(name: string, secret: SecretReference, key: string): k8s.EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret.name, key } } };
}

/** The servers of a RabbitMQ cluster. */
export class RabbitMqNodes extends BrokerServers {
  public constructor(scope: Construct, id: string, props: RabbitMqNodesProps) {
    const { name, replicas, administrator } = props;
    const platform = EventPlatform.of(scope);
    const headless = `${name}-headless.${platform.environment.namespace}.svc.cluster.local`;
    const cookie = { name: `${name}-cookie`, keys: { cookie: SecretValue.random() } };
    if (replicas > 1) {
      platform.addSecret(cookie);
    }
    const clientPort = k8s.IntOrString.fromString('amqp');
    super(scope, id, {
      name,
      replicas,
      user: RABBITMQ_USER,
      clientPorts: ['amqp', 'management'],
      files: () => ({
        'rabbitmq.conf': serverConfig({
          nodes: Array.from({ length: replicas }, (_, n) => `rabbit@${name}-${n}.${headless}`),
          memory: props.memory,
          storage: props.storage,
          largestMessage: props.largestMessage,
          accounts: administrator !== undefined,
        }),
        enabled_plugins: ENABLED_PLUGINS,
        ...ipv6Files(CONFIG_PATH),
      }),
      configPath: CONFIG_PATH,
      dataPath: '/var/lib/rabbitmq',
      storage: props.storage,
      storageClass: props.storageClass,
      gracePeriodSeconds: 180,
      containers: [
        {
          name: 'rabbitmq',
          image: props.image,
          command: ['/bin/bash', '-ec', START_SCRIPT],
          env: [
            { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
            { name: 'HOME', value: '/var/lib/rabbitmq' },
            // A server's data belongs to its name, and members of a cluster have to resolve it.
            { name: 'RABBITMQ_NODENAME', value: `rabbit@$(POD_NAME).${headless}` },
            { name: 'RABBITMQ_USE_LONGNAME', value: 'true' },
            { name: 'RABBITMQ_LOG_BASE', value: '/tmp' },
            ...(replicas > 1 ? [fromSecret('ERLANG_COOKIE', cookie, 'cookie')] : []),
            ...(administrator === undefined
              ? []
              : [
                  fromSecret('RABBITMQ_DEFAULT_USER', administrator, 'username'),
                  fromSecret('RABBITMQ_DEFAULT_PASS', administrator, 'password'),
                ]),
          ],
          ports: RABBITMQ_PORTS,
          startupProbe: {
            tcpSocket: { port: clientPort },
            periodSeconds: 5,
            failureThreshold: 120,
          },
          readinessProbe: { tcpSocket: { port: clientPort }, periodSeconds: 10 },
          ...(replicas > 1 && {
            lifecycle: { preStop: { exec: { command: ['/bin/bash', '-c', STOP_SCRIPT] } } },
          }),
          resources: resources({ cpuRequest: props.cpuRequest, memoryRequest: props.memory }),
        },
      ],
    });
  }
}
