import { type Size, SizeRoundingBehavior } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { resources } from '../../core/quantities.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { BrokerServers } from '../parts/broker-servers.ts';
import { NATS_PORTS, passwordVariable } from './nats-names.ts';
import { DATA_PATH, LAME_DUCK, PID_FILE } from './server-config.ts';

/** User that servers run as. */
export const NATS_USER = 1000;

/** Properties of {@link NatsServers}. */
export interface NatsServersProps {
  readonly name: string;
  readonly replicas: number;
  /** Name of the headless Service, fully qualified. */
  readonly headlessHost: string;
  readonly storage: Size;
  readonly storageClass: string | undefined;
  readonly memory: Size;
  readonly cpuRequest: string;
  readonly image: string;
  /** Called when everything is declared. */
  readonly config: () => string;
  /** Accounts of the clients. Called when everything is declared. */
  readonly accounts: () => readonly SecretReference[];
}

/** A health path of the monitoring port. */
function health(path: string): k8s.HttpGetAction {
  return { path, port: k8s.IntOrString.fromString('monitoring') };
}

/**
 * Variables with the password of a client. The configuration would take one such as `1k2…` for a
 * number, and quotes say that it is text.
 */
function passwordEnv(account: SecretReference): k8s.EnvVar[] {
  const variable = passwordVariable(account.name.replace(/-broker$/, ''));
  return [
    {
      name: `SECRET_${variable}`,
      valueFrom: { secretKeyRef: { name: account.name, key: 'password' } },
    },
    { name: variable, value: `"$(SECRET_${variable})"` },
  ];
}

/** The servers of a NATS cluster. */
export class NatsServers extends BrokerServers {
  public constructor(scope: Construct, id: string, props: NatsServersProps) {
    // Go frees memory before the container reaches its limit.
    const heap = Math.floor(
      props.memory.toMebibytes({ rounding: SizeRoundingBehavior.FLOOR }) * 0.8,
    );
    super(scope, id, {
      name: props.name,
      replicas: props.replicas,
      user: NATS_USER,
      clientPorts: ['client', 'monitoring'],
      files: () => ({ 'nats.conf': props.config() }),
      configPath: '/etc/nats',
      dataPath: DATA_PATH,
      storage: props.storage,
      storageClass: props.storageClass,
      gracePeriodSeconds: 2 * LAME_DUCK.toSeconds(),
      containers: [
        {
          name: 'nats',
          image: props.image,
          command: ['nats-server', '--config', '/etc/nats/nats.conf'],
          env: () => [
            { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
            {
              name: 'CLIENT_ADVERTISE',
              value: `"$(POD_NAME).${props.headlessHost}:${NATS_PORTS.client}"`,
            },
            { name: 'GOMEMLIMIT', value: `${heap}MiB` },
            ...props.accounts().flatMap(passwordEnv),
          ],
          ports: NATS_PORTS,
          // Up to date with what the other servers have: the next one is stopped only then.
          startupProbe: { httpGet: health('/healthz'), periodSeconds: 5, failureThreshold: 120 },
          readinessProbe: { httpGet: health('/healthz?js-server-only=true'), periodSeconds: 10 },
          ...(props.replicas > 1 && {
            lifecycle: {
              // Hands its leaderships over and has clients go elsewhere, some at a time. It passes
              // over the signal to end that follows.
              preStop: { exec: { command: ['nats-server', '--signal', `ldm=${PID_FILE}`] } },
            },
          }),
          resources: resources({ cpuRequest: props.cpuRequest, memoryRequest: props.memory }),
        },
      ],
    });
  }
}
