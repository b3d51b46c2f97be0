import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startPostgres, type TestPostgres } from '../app-images/runtime/testing/postgres.ts';
import { kafka } from '../testkit/brokers/kafka.ts';
import { freePorts, type ManagedProcess } from '../testkit/process.ts';
import { ensureTools } from '../testkit/tools/index.ts';
import { Manifests } from '../scripts/manifests.ts';
import { bundleProgram, programNames } from './bundle.ts';
import { DEAD_LETTER_TOPIC } from './names.ts';
import { startSidecar } from './sidecar.ts';

const run = promisify(execFile);
const LOCAL = join(import.meta.dirname, '..', 'dist', 'tasks', 'local');

/** Broker, database, programs and a sidecar to publish through. */
export interface Environment {
  readonly folder: string;
  readonly dapr: string;
  /** `host:port` of the broker. */
  readonly bootstrapServers: string;
  /** The broker, which may be killed. */
  readonly broker: ManagedProcess;
  readonly postgres: TestPostgres;
  /** Port of the sidecar that events are published through. */
  readonly publisherPort: number;
  /** Path of a bundled program. */
  program(name: string): string;
  /** Makes a topic of three partitions. */
  createTopic(name: string): Promise<void>;
  /** The values of all records of a topic. */
  records(topic: string): Promise<string[]>;
}

/** Bundles every program that can be started. */
export async function bundlePrograms(
  names: readonly string[],
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const known = new Set(programNames());
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length > 0) {
    throw new Error(`no program ${unknown.join('.ts, ')}.ts in consumers/ or producers/`);
  }
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await bundleProgram(name, folder)] as const),
    ),
  );
}

/** Starts what all measurements have in common. The broker is configured as the platform's is. */
export async function startEnvironment(
  programs: readonly string[],
  folder: string,
  progress: (text: string) => void,
): Promise<Environment> {
  const tools = ensureTools(['kafka', 'dapr']);
  const logs = join(folder, 'logs');
  mkdirSync(logs);
  const bundles = await bundlePrograms(programs, folder);
  const broker = await kafka.start({
    manifests: Manifests.read(LOCAL),
    secrets: [],
    folder: join(folder, 'kafka'),
    logs,
  });
  const [bootstrapServers] = Object.values(broker.addresses) as [string];
  const createTopic = async (name: string): Promise<void> => {
    await run(
      join(tools.kafka, 'bin', 'kafka-topics.sh'),
      ['--bootstrap-server', bootstrapServers, '--create', '--topic', name].concat(
        '--partitions=3',
        '--replication-factor=1',
      ),
    );
  };
  const records = async (topic: string): Promise<string[]> => {
    const { stdout } = await run(
      join(tools.kafka, 'bin', 'kafka-console-consumer.sh'),
      ['--bootstrap-server', bootstrapServers, '--topic', topic].concat(
        '--from-beginning',
        '--timeout-ms=5000',
      ),
      { maxBuffer: 256 * 1024 * 1024 },
    );
    return stdout.split('\n').filter((line) => line !== '');
  };
  await createTopic(DEAD_LETTER_TOPIC);
  progress(`kafka on ${bootstrapServers}`);
  const postgres = await startPostgres();
  progress(`postgres on 127.0.0.1:${postgres.port}`);
  const [publisherPort] = (await freePorts(1)) as [number];
  await startSidecar({
    dapr: tools.dapr,
    bootstrapServers,
    appId: 'publisher',
    httpPort: publisherPort,
    folder,
  });
  return {
    folder,
    dapr: tools.dapr,
    bootstrapServers,
    broker: broker.servers[0],
    postgres,
    publisherPort,
    program: (name) => bundles.get(name)!,
    createTopic,
    records,
  };
}
