import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Duration } from 'cdk8s';
import { MetricSource, RedisStreams } from '../../constructs/internal.ts';
import type { MetricsPort } from '../metrics/metrics-port.ts';
import { freePorts, listensOn, ManagedProcess } from '../process.ts';
import { ensureTools } from '../tools/index.ts';
import type { BrokerOptions, BrokerSetting, RunningBroker } from './broker.ts';
import { runProvisioning } from './provisioning.ts';

const run = promisify(execFile);

/** A container as it is rendered. */
interface RenderedContainer {
  readonly name: string;
  readonly command: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly value?: string;
    readonly valueFrom?: {
      readonly secretKeyRef?: { readonly name: string; readonly key: string };
    };
  }[];
}

/** Where the run has what is rendered: a loopback address for each pod, and free ports. */
interface Loopback {
  readonly hosts: readonly string[];
  readonly client: number;
  readonly sentinel: number;
}

/** Values of a container's variables, also of those that come from Secrets. */
function variables(
  container: RenderedContainer,
  secrets: BrokerOptions['secrets'],
): Record<string, string> {
  return Object.fromEntries(
    (container.env ?? []).flatMap(({ name, value, valueFrom }) => {
      const reference = valueFrom?.secretKeyRef;
      const found =
        reference === undefined
          ? value
          : secrets.find(({ metadata }) => metadata.name === reference.name)?.stringData[
              reference.key
            ];
      return found === undefined ? [] : [[name, found]];
    }),
  );
}

/** The rendered file of a pod with its addresses, ports and folders replaced. */
function localFile(
  name: string,
  text: string,
  pod: { readonly ordinal: number; readonly folder: string },
  { hosts, client, sentinel }: Loopback,
  headless: string,
): string {
  const own = hosts[pod.ordinal]!;
  const local = hosts
    .reduce((all, host, index) => all.replaceAll(`redis-${index}.${headless}`, host), text)
    .replaceAll(`$POD_NAME.${headless}`, own)
    .replaceAll(/(?<![\w/])\/(etc\/redis|data|tmp)\b/g, (_match, path: string) =>
      join(pod.folder, path === 'etc/redis' ? 'config' : path),
    )
    .replaceAll('26379', String(sentinel))
    .replaceAll('6379', String(client));
  // In a pod, everything listens on all addresses.
  return name.endsWith('.conf')
    ? `${local}bind ${own}\n`
    : name === 'trim-streams.sh'
      ? local.replaceAll('redis-cli', `redis-cli -h ${own}`)
      : local;
}

async function answersPing(host: string, port: number): Promise<boolean> {
  try {
    const { stdout } = await run('redis-cli', ['-h', host, '-p', String(port), 'ping']);
    // Who is asked to log in is answered, too.
    return /^(PONG|NOAUTH)/.test(stdout);
  } catch {
    return false;
  }
}

/** Starts the servers from the rendered ConfigMap, each with the containers of its pod. */
async function startRedis(options: BrokerOptions): Promise<RunningBroker> {
  const { manifests, secrets, folder, logs } = options;
  const { namespace } = manifests;
  const config = manifests.only('ConfigMap', 'redis-config').data;
  const { replicas, template } = manifests.only('StatefulSet', 'redis').spec as unknown as {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly RenderedContainer[] } };
  };
  const { containers } = template.spec;
  const headless = `redis-headless.${namespace}.svc.cluster.local`;
  const tools = ensureTools(['redis-exporter']);
  const [client, sentinel, metrics] = (await freePorts(3)) as [number, number, number];
  const hosts = Array.from({ length: replicas }, (_, index) => `127.0.0.${index + 1}`);
  const loopback = { hosts, client, sentinel };

  const processes = hosts.map((host, ordinal) => {
    const pod = { ordinal, folder: join(folder, `redis-${ordinal}`) };
    for (const part of ['config', 'data', 'tmp']) {
      mkdirSync(join(pod.folder, part), { recursive: true });
    }
    for (const [name, text] of Object.entries(config)) {
      writeFileSync(
        join(pod.folder, 'config', name),
        localFile(name, text, pod, loopback, headless),
      );
    }
    const ready: Readonly<Record<string, () => Promise<boolean>>> = {
      redis: () => answersPing(host, client),
      sentinel: () => answersPing(host, sentinel),
      trimming: () => Promise.resolve(true),
      exporter: () => listensOn(metrics, host),
    };
    return containers.map(
      (container) =>
        new ManagedProcess({
          name: container.name === 'redis' ? `redis-${ordinal}` : container.name,
          command: container.command[0]!.replace('/redis_exporter', (program) =>
            join(tools['redis-exporter'], program),
          ),
          args: container.command
            .slice(1)
            .map((argument) => argument.replaceAll('/etc/redis', join(pod.folder, 'config'))),
          env: {
            ...variables(container, secrets),
            ...(container.name === 'exporter' && {
              REDIS_ADDR: `redis://${host}:${client}`,
              REDIS_EXPORTER_WEB_LISTEN_ADDRESS: `${host}:${metrics}`,
            }),
            POD_NAME: `redis-${ordinal}`,
            TRIM_SECONDS: '5',
          },
          log: join(logs, `redis-${ordinal}-${container.name}.log`),
          ready: ready[container.name]!,
        }),
    );
  });
  await Promise.all(processes.flat().map((started) => started.start()));
  const servers = processes.map(([server]) => server!);
  return {
    servers: servers as [ManagedProcess, ...ManagedProcess[]],
    addresses: {
      [`redis.${namespace}.svc.cluster.local:6379`]: `127.0.0.1:${client}`,
      ...Object.fromEntries(
        hosts.map((host, index) => [`redis-${index}.${headless}:26379`, `${host}:${sentinel}`]),
      ),
    },
    metricsPorts: hosts.map((host, ordinal): MetricsPort => ({
      monitor: 'redis',
      port: 'metrics',
      pod: `redis-${ordinal}`,
      address: `${host}:${metrics}`,
      source: MetricSource.REDIS_EXPORTER,
    })),
    provision: async () => {
      const [job] = manifests.only('Job', 'redis-topics').spec.template.spec
        .containers as unknown as [RenderedContainer];
      return runProvisioning(manifests, 'redis-topics', options.folder, {
        ...process.env,
        ...variables(job, secrets),
        SERVERS: hosts.join(' '),
        PORT: String(client),
      });
    },
  };
}

/** One server without passwords: the local environment. */
export const redis: BrokerSetting = {
  description: 'Redis Streams, one server',
  declare: (platform) => new RedisStreams(platform, 'redis'),
  start: startRedis,
};

/** Three servers with Sentinel and accounts, as in production; a failover sets in at once. */
export const redis3: BrokerSetting = {
  description: 'Redis Streams, 3 servers',
  declare: (platform) =>
    new RedisStreams(platform, 'redis', {
      replicas: 3,
      minInSyncReplicas: 2,
      authentication: true,
      failoverAfter: Duration.seconds(2),
    }),
  start: startRedis,
};
