import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { UPGRADED_FROM, VERSIONS } from '../../constructs/core/versions.ts';
import type { BrokerSetting, RunningBroker } from '../../testkit/brokers/broker.ts';
import { BROKERS } from '../../testkit/brokers/index.ts';
import { TaskLoad } from '../../testkit/platform/task-load.ts';
import { startPlatform } from '../../testkit/platform/platform.ts';
import type { ManagedProcess } from '../../testkit/process.ts';
import { ensureTools } from '../../testkit/tools/index.ts';
import { Programs, underLoad, type Upgrade } from './upgrade.ts';

const execute = promisify(execFile);

/** What differs between brokers. */
interface BrokerUpgrade {
  readonly broker: BrokerSetting;
  readonly from: string;
  readonly to: string;
  /** Folders of both versions' programs. */
  readonly programs: () => readonly [before: string, after: string];
  /** What is done when every server is of the new version; what it came to. */
  readonly finish: (broker: RunningBroker, programs: string, folder: string) => Promise<string>;
}

/** Servers by the StatefulSet that they belong to. */
function pools(servers: readonly ManagedProcess[]): ManagedProcess[][] {
  const byPool = new Map<string, ManagedProcess[]>();
  for (const server of servers) {
    const pool = server.spec.name.replace(/-\d+$/, '');
    byPool.set(pool, [...(byPool.get(pool) ?? []), server]);
  }
  return [...byPool.values()];
}

/** Restarts the servers of each pool one after the other, the last first, as StatefulSets do. */
async function roll(servers: readonly ManagedProcess[], progress: (text: string) => void) {
  await Promise.all(
    pools(servers).map(async (pool) => {
      for (const server of pool.reverse()) {
        await server.stop();
        await server.start();
        progress(`${server.spec.name} is of the new version`);
      }
    }),
  );
}

function brokerUpgrade({ broker, from, to, programs, finish }: BrokerUpgrade): Upgrade {
  return async ({ folder, progress }) => {
    const [before, after] = programs();
    const place = new Programs(folder, before);
    const platform = await startPlatform({
      broker,
      folder,
      progress,
      programs: { broker: place.folder },
    });
    const load = new TaskLoad(platform.apps.get('producer')!.port);
    const name = `${broker.description}: ${from} to ${to}`;
    const result = await underLoad(
      { platform, load, progress, ordersKeys: broker.ordersKeys ?? false },
      name,
      async () => {
        place.become(after);
        await roll(platform.broker.servers, progress);
        return { note: await finish(platform.broker, place.folder, folder) };
      },
    );
    load.close();
    await platform.database.end();
    return result;
  };
}

/** Kafka's own tool, as the servers' certificate lets it log in. */
async function kafkaFeatures(
  { addresses }: RunningBroker,
  programs: string,
  folder: string,
  args: readonly string[],
): Promise<string> {
  const certificates = join(folder, 'broker', 'certificates', 'kafka-admin-tls');
  const config = join(folder, 'features.properties');
  writeFileSync(
    config,
    [
      'security.protocol=SSL',
      'ssl.keystore.type=PEM',
      `ssl.keystore.location=${certificates}/tls-combined.pem`,
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${certificates}/ca.crt`,
    ].join('\n'),
  );
  const [server] = Object.entries(addresses).find(([name]) => name.endsWith(':9091'))!;
  const { stdout } = await execute(join(programs, 'bin', 'kafka-features.sh'), [
    ...['--bootstrap-server', addresses[server]!, '--command-config', config],
    ...args,
  ]);
  return stdout;
}

function metadataVersion(features: string): string {
  return /^Feature: metadata\.version.*FinalizedVersionLevel: (\S+)/m.exec(features)?.[1] ?? '?';
}

/** Repeats a change of features: it is refused as long as a server has not registered its new version. */
async function finalized(change: () => Promise<unknown>): Promise<void> {
  const end = performance.now() + 60_000;
  for (;;) {
    try {
      await change();
      return;
    } catch (error) {
      if (performance.now() > end) {
        const { stdout = '', message } = error as Error & { readonly stdout?: string };
        throw new Error(`${message}\n${stdout}`, { cause: error });
      }
      await sleep(2_000);
    }
  }
}

/** The brokers and controllers of Kafka, then its `metadata.version`, from which there is no way back. */
export const upgradeKafka = brokerUpgrade({
  broker: BROKERS['kafka-3'],
  from: UPGRADED_FROM.kafka,
  to: VERSIONS.kafka,
  programs: () => {
    const tools = ensureTools(['kafka-before', 'kafka']);
    return [tools['kafka-before'], tools.kafka];
  },
  finish: async (broker, programs, folder) => {
    const features = (...args: readonly string[]) => kafkaFeatures(broker, programs, folder, args);
    const before = metadataVersion(await features('describe'));
    const release = VERSIONS.kafka.replace(/\.\d+$/, '');
    await finalized(() => features('upgrade', '--release-version', release));
    const after = metadataVersion(await features('describe'));
    if (!after.startsWith(release) || before === after) {
      throw new Error(`metadata.version is ${after}, was ${before}, and must be of ${release}`);
    }
    return `metadata.version ${before} to ${after}`;
  },
});

/** The servers of NATS. */
export const upgradeNats = brokerUpgrade({
  broker: BROKERS['nats-3'],
  from: UPGRADED_FROM.nats,
  to: VERSIONS.nats,
  programs: () => {
    const tools = ensureTools(['nats-before', 'nats']);
    return [tools['nats-before'], tools.nats];
  },
  finish: ({ servers }) => {
    const versions = servers.map(({ spec }) => {
      const log = readFileSync(spec.log, 'utf8');
      return [...log.matchAll(/Version:\s+(\S+)/g)].at(-1)?.[1] ?? '?';
    });
    if (versions.some((version) => version !== VERSIONS.nats)) {
      throw new Error(`servers say that they are ${versions.join(', ')}, not ${VERSIONS.nats}`);
    }
    return Promise.resolve(`servers say ${versions.join(', ')}`);
  },
});
