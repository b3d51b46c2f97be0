import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SecretManifest } from '../../cli/make-secret.ts';
import { NatsJetStream } from '../../constructs/index.ts';
import type { Container } from '../../scripts/manifests.ts';
import { answers, freePorts, ManagedProcess } from '../process.ts';
import { ensureTools } from '../tools/index.ts';
import type { BrokerOptions, BrokerSetting, RunningBroker } from './broker.ts';
import { runProvisioning } from './provisioning.ts';

/** Where one server of the run is. */
interface Place {
  readonly client: number;
  readonly cluster: number;
  readonly monitoring: number;
  readonly folder: string;
}

/** The rendered `nats.conf` with loopback addresses and local folders. */
function localConfig(rendered: string, place: Place, all: readonly Place[]): string {
  const local = (port: number) => `127.0.0.1:${port}`;
  return rendered
    .replace('":4222"', `"${local(place.client)}"`)
    .replace('":6222"', `"${local(place.cluster)}"`)
    .replace('":8222"', `"${local(place.monitoring)}"`)
    .replace('"/data"', `"${join(place.folder, 'data')}"`)
    .replace('/tmp/nats.pid', join(place.folder, 'nats.pid'))
    .replaceAll(/nats-(\d)\.nats-headless[^:]*:6222/g, (_match, index: string) =>
      local(all[Number(index)]!.cluster),
    );
}

/** The variables of a container, with the values of Secrets and of each other. */
function environment(
  { env }: Container,
  secrets: readonly SecretManifest[],
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, value, valueFrom } of env) {
    const reference = valueFrom?.secretKeyRef;
    const secret = secrets.find(({ metadata }) => metadata.name === reference?.name);
    const text = value ?? (reference && secret?.stringData[reference.key]);
    if (text !== undefined) {
      values[name] = text.replaceAll(
        /\$\(([^)]+)\)/g,
        (all, other: string) => values[other] ?? all,
      );
    }
  }
  return values;
}

/** Starts the rendered servers from the ConfigMap, with addresses and folders replaced. */
async function startNats(options: BrokerOptions): Promise<RunningBroker> {
  const { manifests, secrets, logs } = options;
  const tool = options.programs ?? ensureTools(['nats']).nats;
  const { replicas, template } = manifests.only('StatefulSet', 'nats').spec;
  const [container] = template.spec.containers;
  const config = manifests.only('ConfigMap', 'nats-config').data['nats.conf']!;
  const ports = await freePorts(3 * replicas!);
  const places = Array.from({ length: replicas! }, (_, index): Place => {
    const [client, cluster, monitoring] = ports.slice(3 * index) as [number, number, number];
    return { client, cluster, monitoring, folder: join(options.folder, String(index)) };
  });
  const servers = await Promise.all(
    places.map((place, index) => {
      mkdirSync(place.folder, { recursive: true });
      const file = join(place.folder, 'nats.conf');
      writeFileSync(file, localConfig(config, place, places));
      const [program] = container.command;
      return new ManagedProcess({
        name: `nats-${index}`,
        command: join(tool, program!),
        args: ['--config', file],
        env: {
          ...environment(container, secrets),
          POD_NAME: `nats-${index}`,
          CLIENT_ADVERTISE: `"127.0.0.1:${place.client}"`,
        },
        log: join(logs, `nats-${index}.log`),
        ready: () => answers(`http://127.0.0.1:${place.monitoring}/healthz`),
      }).start();
    }),
  );
  const address = `127.0.0.1:${places[0]!.client}`;
  return {
    servers: servers as [ManagedProcess, ...ManagedProcess[]],
    addresses: { [`nats.${manifests.namespace}.svc.cluster.local:4222`]: address },
    provision: async () => {
      const [job] = manifests.only('Job', 'nats-streams').spec.template.spec.containers;
      return runProvisioning(manifests, 'nats-streams', options.folder, {
        ...environment(job, secrets),
        PATH: `${tool}:${process.env.PATH}`,
        NATS_URL: `nats://${address}`,
      });
    },
  };
}

/** One server, without passwords: the local environment. */
export const nats: BrokerSetting = {
  description: 'NATS JetStream, one server',
  declare: (platform) => new NatsJetStream(platform, 'nats'),
  start: startNats,
};

/** Three servers with three replicas of each stream, and an account for each app. */
export const natsCluster: BrokerSetting = {
  description: 'NATS JetStream, three servers with accounts',
  declare: (platform) =>
    new NatsJetStream(platform, 'nats', {
      replicas: 3,
      replicationFactor: 3,
      authentication: true,
    }),
  start: startNats,
};
