import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MetricSource, RabbitMqCluster } from '../../constructs/internal.ts';
import { freePorts, listensOn, ManagedProcess } from '../process.ts';
import { balance } from './balancer.ts';
import type { BrokerOptions, BrokerSetting, RunningBroker } from './broker.ts';
import { runProvisioning } from './provisioning.ts';

/** Where Debian has RabbitMQ's programs, without the wrappers that want its own user. */
export const RABBITMQ_PROGRAMS = '/usr/lib/rabbitmq/bin';

interface ServerPorts {
  readonly amqp: number;
  readonly management: number;
  readonly prometheus: number;
  readonly distribution: number;
}

type Env = readonly {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef?: { readonly name: string; readonly key: string } };
}[];

/** The variables of a rendered container whose values do not depend on the pod. */
function containerEnv(env: Env, { secrets }: BrokerOptions): Record<string, string> {
  return Object.fromEntries(
    env.flatMap(({ name, value, valueFrom }) => {
      const key = valueFrom?.secretKeyRef;
      const secret = secrets.find(({ metadata }) => metadata.name === key?.name);
      const known = key === undefined ? value : secret!.stringData[key.key];
      return known === undefined ? [] : [[name, known]];
    }),
  );
}

/** The rendered `rabbitmq.conf` with loopback addresses. */
function localConfig(rendered: string, ports: ServerPorts): string {
  const replaced: Record<string, string> = {
    'listeners.tcp.default': `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    'management.tcp.port': `management.tcp.ip = 127.0.0.1\nmanagement.tcp.port = ${ports.management}`,
    'prometheus.tcp.port': `prometheus.tcp.ip = 127.0.0.1\nprometheus.tcp.port = ${ports.prometheus}`,
  };
  return rendered
    .split('\n')
    .map((line) => replaced[line.split(' = ', 1)[0]!] ?? line)
    .join('\n')
    .replaceAll(/rabbit@rabbitmq-(\d+)\.\S+/g, 'rabbit$1@127.0.0.1');
}

/** A server from the rendered container: script, variables and files. */
function server(
  index: number,
  options: BrokerOptions,
  ports: ServerPorts,
  epmd: number,
): ManagedProcess {
  const { manifests, logs } = options;
  const folder = join(options.folder, `server-${index}`);
  mkdirSync(folder, { recursive: true });
  const [container] = manifests.only('StatefulSet', 'rabbitmq').spec.template.spec.containers;
  const config = manifests.only('ConfigMap', 'rabbitmq-config').data;
  writeFileSync(join(folder, 'rabbitmq.conf'), localConfig(config['rabbitmq.conf']!, ports));
  writeFileSync(join(folder, 'enabled_plugins'), config.enabled_plugins!);
  const [shell, ...args] = container.command as [string, ...string[]];
  return new ManagedProcess({
    name: `rabbitmq-${index}`,
    command: shell,
    args,
    cwd: folder,
    env: {
      ...containerEnv(container.env, options),
      PATH: `${RABBITMQ_PROGRAMS}:${process.env.PATH}`,
      HOME: folder,
      RABBITMQ_NODENAME: `rabbit${index}@127.0.0.1`,
      RABBITMQ_DIST_PORT: String(ports.distribution),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_CONFIG_FILES: join(folder, 'none'),
      RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'none.config'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
      RABBITMQ_MNESIA_BASE: join(folder, 'data'),
      RABBITMQ_LOG_BASE: folder,
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
      ERL_EPMD_PORT: String(epmd),
      ERL_EPMD_ADDRESS: '127.0.0.1',
    },
    log: join(logs, `rabbitmq-${index}.log`),
    ready: () => listensOn(ports.amqp),
  });
}

/** Starts RabbitMQ from the rendered objects, with addresses, ports and folders replaced. */
async function startRabbitMq(options: BrokerOptions): Promise<RunningBroker> {
  const { manifests, folder, logs } = options;
  const { replicas } = manifests.only('StatefulSet', 'rabbitmq').spec as unknown as {
    replicas: number;
  };
  mkdirSync(folder, { recursive: true });
  const [epmd, ...free] = (await freePorts(1 + 4 * replicas)) as [number, ...number[]];
  // Otherwise the first server would leave one running.
  await new ManagedProcess({
    name: 'epmd',
    command: 'epmd',
    args: ['-port', String(epmd)],
    env: { ERL_EPMD_ADDRESS: '127.0.0.1' },
    log: join(logs, 'epmd.log'),
    ready: () => listensOn(epmd),
  }).start();
  const ports = Array.from({ length: replicas }, (_, index): ServerPorts => {
    const [amqp, management, prometheus, distribution] = free.slice(4 * index) as [
      number,
      number,
      number,
      number,
    ];
    return { amqp, management, prometheus, distribution };
  });
  const servers = ports.map((own, index) => server(index, options, own, epmd));
  await Promise.all(servers.map((one) => one.start()));
  const service = await balance(ports.map(({ amqp }) => amqp));
  return {
    servers: servers as [ManagedProcess, ...ManagedProcess[]],
    addresses: {
      [`rabbitmq.${manifests.namespace}.svc.cluster.local:5672`]: `127.0.0.1:${service}`,
      [`rabbitmq.${manifests.namespace}.svc.cluster.local:15672`]: `127.0.0.1:${ports[0]!.management}`,
    },
    provision: async () => {
      const [job] = manifests.only('Job', 'rabbitmq-provisioning').spec.template.spec.containers;
      return runProvisioning(manifests, 'rabbitmq-provisioning', options.folder, {
        PATH: process.env.PATH,
        ...containerEnv(job.env, options),
        MANAGEMENT_HOST: '127.0.0.1',
        MANAGEMENT_PORT: String(ports[0]!.management),
      });
    },
    metricsPorts: ports.map(({ prometheus }, index) => ({
      monitor: 'rabbitmq',
      port: 'prometheus',
      pod: `rabbitmq-${index}`,
      address: `127.0.0.1:${prometheus}`,
      source: MetricSource.RABBITMQ,
    })),
  };
}

/** One server without accounts: the local environment. */
export const rabbitMq: BrokerSetting = {
  description: 'RabbitMQ, one server',
  declare: (platform) => new RabbitMqCluster(platform, 'rabbitmq'),
  start: startRabbitMq,
};

/** Three servers, of which one is killed, and an account for each app: as in production. */
export const rabbitMq3: BrokerSetting = {
  description: 'RabbitMQ, three servers, accounts',
  declare: (platform) =>
    new RabbitMqCluster(platform, 'rabbitmq', { replicas: 3, authentication: true }),
  start: startRabbitMq,
};
