import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { KafkaCluster } from '../../constructs/index.ts';
import { freePorts, listensOn, ManagedProcess } from '../process.ts';
import { ensureTools } from '../tools/index.ts';
import type { BrokerOptions, BrokerSetting, RunningBroker } from './broker.ts';

const run = promisify(execFile);

/** The rendered `server.properties` with loopback addresses and a local folder. */
function localProperties(
  rendered: string,
  ports: { client: number; internal: number; controller: number },
  folder: string,
): string {
  const replaced: Record<string, string> = {
    'controller.quorum.voters': `0@127.0.0.1:${ports.controller}`,
    listeners: `CLIENT://127.0.0.1:${ports.client},INTERNAL://127.0.0.1:${ports.internal},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${ports.client},INTERNAL://127.0.0.1:${ports.internal}`,
    'log.dirs': join(folder, 'logs'),
  };
  return rendered
    .split('\n')
    .map((line) => {
      const key = line.split('=', 1)[0]!;
      return key in replaced ? `${key}=${replaced[key]}` : line;
    })
    .join('\n');
}

/** Starts Kafka from the rendered ConfigMap, with addresses and folder replaced. */
async function startKafka(options: BrokerOptions): Promise<RunningBroker> {
  const { manifests, folder, logs } = options;
  const tool = ensureTools(['kafka']).kafka;
  const [client, internal, controller] = (await freePorts(3)) as [number, number, number];
  const config = manifests.only('ConfigMap', 'kafka-config').data;
  const [container] = manifests.only('StatefulSet', 'kafka').spec.template.spec.containers;
  const clusterId = container.env.find(({ name }) => name === 'CLUSTER_ID')!.value!;
  mkdirSync(folder, { recursive: true });
  const properties = join(folder, 'server.properties');
  writeFileSync(
    properties,
    localProperties(config['server.properties']!, { client, internal, controller }, folder),
  );
  writeFileSync(join(folder, 'log4j2.yaml'), config['log4j2.yaml']!);
  const env = {
    NODE_ID: '0',
    POD_NAME: 'kafka-0',
    KAFKA_HEAP_OPTS: '-Xmx512m',
    KAFKA_LOG4J_OPTS: `-Dlog4j2.configurationFile=${join(folder, 'log4j2.yaml')}`,
  };
  const bootstrapServers = `127.0.0.1:${client}`;
  await run(
    join(tool, 'bin', 'kafka-storage.sh'),
    ['format', '--ignore-formatted', '--cluster-id', clusterId, '--config', properties],
    { env: { ...process.env, ...env, KAFKA_LOG4J_OPTS: '' } },
  );
  const server = await new ManagedProcess({
    name: 'kafka',
    command: join(tool, 'bin', 'kafka-server-start.sh'),
    args: [properties],
    env,
    log: join(logs, 'kafka.log'),
    ready: () => listensOn(client),
  }).start();
  return {
    servers: [server],
    addresses: {
      [`kafka.${manifests.namespace}.svc.cluster.local:9092`]: bootstrapServers,
    },
    provision: async () => {
      const [job] = manifests.only('Job', 'kafka-topics').spec.template.spec.containers;
      const [shell, ...args] = job.command;
      const { stdout } = await run(shell!, [...args, ...job.args!], {
        env: { ...process.env, KAFKA_HOME: tool, BOOTSTRAP_SERVERS: bootstrapServers },
      });
      return stdout;
    },
  };
}

/** One node that is broker and controller, without passwords: the local environment. */
export const kafka: BrokerSetting = {
  description: 'Kafka, one node',
  declare: (platform) => new KafkaCluster(platform, 'kafka'),
  start: startKafka,
};
