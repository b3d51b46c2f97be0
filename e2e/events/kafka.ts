import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Manifests } from '../../scripts/manifests.ts';
import { freePorts, listensOn, ManagedProcess } from '../process.ts';

const run = promisify(execFile);

/** A broker of the run, started from the rendered configuration. */
export interface KafkaBroker {
  readonly process: ManagedProcess;
  /** `127.0.0.1:port` */
  readonly bootstrapServers: string;
  /** Runs the rendered provisioning script, and returns what it said. */
  provision(): Promise<string>;
  /** Messages that a topic has ever had, over all partitions. */
  endOffset(topic: string): Promise<number>;
}

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
export async function startKafka(
  tool: string,
  manifests: Manifests,
  folder: string,
  logs: string,
): Promise<KafkaBroker> {
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
  const broker = await new ManagedProcess({
    name: 'kafka',
    command: join(tool, 'bin', 'kafka-server-start.sh'),
    args: [properties],
    env,
    log: join(logs, 'kafka.log'),
    ready: () => listensOn(client),
  }).start();
  return {
    process: broker,
    bootstrapServers,
    provision: async () => {
      const [job] = manifests.only('Job', 'kafka-topics').spec.template.spec.containers;
      const [shell, ...options] = job.command;
      const { stdout } = await run(shell!, [...options, ...job.args!], {
        env: { ...process.env, KAFKA_HOME: tool, BOOTSTRAP_SERVERS: bootstrapServers },
      });
      return stdout;
    },
    endOffset: async (topic) => {
      const { stdout } = await run(join(tool, 'bin', 'kafka-get-offsets.sh'), [
        '--bootstrap-server',
        bootstrapServers,
        '--topic',
        topic,
      ]);
      return stdout
        .trim()
        .split('\n')
        .reduce((sum, line) => sum + Number(line.split(':').at(-1)), 0);
    },
  };
}
