import { Size } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { resources } from '../../core/quantities.ts';
import type { SecretReference } from '../../security/secret-reference.ts';
import { BrokerServers, type ServerContainer } from '../parts/broker-servers.ts';
import {
  REDIS_PATHS,
  REDIS_PORTS,
  redisConf,
  type RedisFilesOptions,
  sentinelConf,
} from './server-files.ts';
import {
  ADMIN_ENV,
  clientCommand,
  startRedis,
  startSentinel,
  trimStreams,
} from './start-scripts.ts';

/** User id of `redis` in Redis' image. */
export const REDIS_USER = 999;

/** Accounts that the servers themselves need. */
export interface ServerAccounts {
  /** May everything: servers, Sentinels and the provisioning Job. */
  readonly admin: SecretReference;
  readonly exporter: SecretReference;
}

/** Properties of {@link RedisServers}. */
export interface RedisServersProps extends RedisFilesOptions {
  readonly storage: Size;
  readonly storageClass: string | undefined;
  readonly cpuRequest: string;
  readonly image: string;
  readonly exporterImage: string;
  /** Undefined where nobody has to log in. */
  readonly accounts: ServerAccounts | undefined;
}

/** An environment variable with a key of a Secret. */
export function secretEnv(name: string, secret: SecretReference, key: string): k8s.EnvVar {
  return { name, valueFrom: { secretKeyRef: { name: secret.name, key } } };
}

/** The administrator's account, for `redis-cli`. */
export function adminEnv(accounts: ServerAccounts | undefined): k8s.EnvVar[] {
  return accounts === undefined
    ? []
    : [
        secretEnv(ADMIN_ENV.username, accounts.admin, 'username'),
        secretEnv(ADMIN_ENV.password, accounts.admin, 'password'),
      ];
}

function small(memory: Size): k8s.ResourceRequirements {
  return resources({ cpuRequest: '20m', memoryRequest: memory });
}

function shell(script: string): string[] {
  return ['/bin/sh', '-e', `${REDIS_PATHS.config}/${script}`];
}

function containers(props: RedisServersProps): [ServerContainer, ...ServerContainer[]] {
  const { accounts, image, authentication } = props;
  const env: k8s.EnvVar[] = [
    { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ...adminEnv(accounts),
  ];
  // A server that still loads its log accepts connections and answers with an error.
  const answers = {
    exec: { command: ['/bin/sh', '-ec', `${clientCommand(authentication)} ping | grep -q PONG`] },
    timeoutSeconds: 5,
  };
  const server: ServerContainer = {
    name: 'redis',
    image,
    command: shell('start-redis.sh'),
    env,
    ports: { client: REDIS_PORTS.client },
    startupProbe: { ...answers, periodSeconds: 5, failureThreshold: 120 },
    readinessProbe: { ...answers, periodSeconds: 10 },
    resources: resources({ cpuRequest: props.cpuRequest, memoryRequest: props.memory }),
  };
  const sentinel: ServerContainer = {
    name: 'sentinel',
    image,
    command: shell('start-sentinel.sh'),
    env,
    ports: { sentinel: REDIS_PORTS.sentinel },
    readinessProbe: {
      tcpSocket: { port: k8s.IntOrString.fromString('sentinel') },
      periodSeconds: 10,
    },
    resources: small(Size.mebibytes(64)),
  };
  const trimming: ServerContainer = {
    name: 'trimming',
    image,
    command: shell('trim-streams.sh'),
    env: adminEnv(accounts),
    ports: {},
    readinessProbe: { ...answers, periodSeconds: 30 },
    resources: small(Size.mebibytes(32)),
  };
  const exporter: ServerContainer = {
    name: 'exporter',
    image: props.exporterImage,
    command: ['/redis_exporter'],
    env: [
      { name: 'REDIS_ADDR', value: `redis://127.0.0.1:${REDIS_PORTS.client}` },
      { name: 'REDIS_EXPORTER_CHECK_STREAMS', value: 'db0=*' },
      { name: 'REDIS_EXPORTER_STREAMS_EXCLUDE_CONSUMER_METRICS', value: 'true' },
      // It would need the right to read the configuration, which has passwords.
      { name: 'REDIS_EXPORTER_CONFIG_COMMAND', value: '-' },
      ...(accounts === undefined
        ? []
        : [
            secretEnv('REDIS_USER', accounts.exporter, 'username'),
            secretEnv('REDIS_PASSWORD', accounts.exporter, 'password'),
          ]),
    ],
    ports: { metrics: REDIS_PORTS.metrics },
    readinessProbe: {
      httpGet: { path: '/health', port: k8s.IntOrString.fromString('metrics') },
    },
    resources: small(Size.mebibytes(64)),
  };
  return [server, ...(props.replicas > 1 ? [sentinel] : []), trimming, exporter];
}

/** The servers, each with its exporter, and with a Sentinel where there are several. */
export class RedisServers extends BrokerServers {
  public constructor(scope: Construct, id: string, props: RedisServersProps) {
    super(scope, id, {
      name: props.name,
      replicas: props.replicas,
      user: REDIS_USER,
      clientPorts: ['client'],
      files: () => ({
        'redis.conf': redisConf(props),
        'start-redis.sh': startRedis(props),
        'trim-streams.sh': trimStreams(props.authentication),
        ...(props.replicas > 1 && {
          'sentinel.conf': sentinelConf(props),
          'start-sentinel.sh': startSentinel(props),
        }),
      }),
      configPath: REDIS_PATHS.config,
      dataPath: REDIS_PATHS.data,
      storage: props.storage,
      storageClass: props.storageClass,
      // An orderly stop waits for the replicas.
      gracePeriodSeconds: 60,
      containers: containers(props),
    });
  }
}
