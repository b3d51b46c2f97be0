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

/** A rendered container. */
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

/** Addresses of the run: a loopback address for each pod, and free ports. */
interface Loopback {
  readonly hosts: readonly string[];
  readonly client: number;
  readonly sentinel: number;
  readonly metrics: number;
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
    // A server that asks for a login answers, too.
    return /^(PONG|NOAUTH)/.test(stdout);
  } catch {
    return false;
  }
}

/** What the pods of one StatefulSet are started from. */
interface Rendered {
  readonly options: BrokerOptions;
  readonly containers: readonly RenderedContainer[];
  /** Host name that ends the name of each pod. */
  readonly headless: string;
  readonly loopback: Loopback;
  /** Folder with the exporter. */
  readonly exporter: string;
}

/** The containers of one pod, as processes. */
function podProcesses(rendered: Rendered, ordinal: number): ManagedProcess[] {
  const { options, containers, headless, loopback } = rendered;
  const name = `redis-${ordinal}`;
  const host = loopback.hosts[ordinal]!;
  const pod = { ordinal, folder: join(options.folder, name) };
  for (const part of ['config', 'data', 'tmp']) {
    mkdirSync(join(pod.folder, part), { recursive: true });
  }
  const config = options.manifests.only('ConfigMap', 'redis-config').data;
  for (const [file, text] of Object.entries(config)) {
    writeFileSync(join(pod.folder, 'config', file), localFile(file, text, pod, loopback, headless));
  }
  const ready: Readonly<Record<string, () => Promise<boolean>>> = {
    redis: () => answersPing(host, loopback.client),
    sentinel: () => answersPing(host, loopback.sentinel),
    trimming: () => Promise.resolve(true),
    exporter: () => listensOn(loopback.metrics, host),
  };
  return containers.map(
    (container) =>
      new ManagedProcess({
        name: container.name === 'redis' ? name : container.name,
        command: container.command[0]!.replace('/redis_exporter', (program) =>
          join(rendered.exporter, program),
        ),
        args: container.command
          .slice(1)
          .map((argument) => argument.replaceAll('/etc/redis', join(pod.folder, 'config'))),
        env: {
          ...variables(container, options.secrets),
          ...(container.name === 'exporter' && {
            REDIS_ADDR: `redis://${host}:${loopback.client}`,
            REDIS_EXPORTER_WEB_LISTEN_ADDRESS: `${host}:${loopback.metrics}`,
          }),
          POD_NAME: name,
          TRIM_SECONDS: '5',
        },
        log: join(options.logs, `${name}-${container.name}.log`),
        ready: ready[container.name]!,
      }),
  );
}

/** Runs the rendered Job that creates streams and groups. */
function provision(
  { manifests, secrets, folder }: BrokerOptions,
  { hosts, client }: Loopback,
): Promise<string> {
  const [job] = manifests.only('Job', 'redis-topics').spec.template.spec.containers as unknown as [
    RenderedContainer,
  ];
  return runProvisioning(manifests, 'redis-topics', folder, {
    ...process.env,
    ...variables(job, secrets),
    SERVERS: hosts.join(' '),
    PORT: String(client),
  });
}

/** Starts the servers from the rendered ConfigMap, each with the containers of its pod. */
async function startRedis(options: BrokerOptions): Promise<RunningBroker> {
  const { manifests } = options;
  const { namespace } = manifests;
  const { replicas, template } = manifests.only('StatefulSet', 'redis').spec as unknown as {
    readonly replicas: number;
    readonly template: { readonly spec: { readonly containers: readonly RenderedContainer[] } };
  };
  const headless = `redis-headless.${namespace}.svc.cluster.local`;
  const [client, sentinel, metrics] = (await freePorts(3)) as [number, number, number];
  const hosts = Array.from({ length: replicas }, (_, index) => `127.0.0.${index + 1}`);
  const loopback = { hosts, client, sentinel, metrics };
  const rendered = {
    ...{ options, headless, loopback },
    containers: template.spec.containers,
    exporter: ensureTools(['redis-exporter'])['redis-exporter'],
  };
  const processes = hosts.map((_, ordinal) => podProcesses(rendered, ordinal));
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
    provision: () => provision(options, loopback),
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
