import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { load } from 'js-yaml';
import type { V1Node } from '@kubernetes/client-node';
import { accepted, type ApiClient, type Identity } from '../kubernetes/client.ts';
import { installCrds } from '../kubernetes/crds.ts';
import { startApiServer } from '../kubernetes/server.ts';
import { isReady } from '../kubernetes/cluster-api.ts';
import { ManagedProcess } from '../process.ts';
import { until } from '../until.ts';
import { changedKeys, versions } from './checks.ts';

/** Names of the tools of a cluster, and of stacks on it. */
export const STACK_TOOLS = [
  'pulumi',
  'pulumi-kubernetes',
  'kubernetes',
  'kubernetes-controllers',
  'kwok',
  'crds',
] as const;

/** Folders of built programs. */
export interface ClusterTools {
  /** The API server. */
  readonly kubernetes: string;
  /** The controller manager and the scheduler. */
  readonly 'kubernetes-controllers': string;
  /** What plays the kubelet. */
  readonly kwok: string;
  /** The custom resource definitions of operators. */
  readonly crds: string;
}

/**
 * A cluster whose control plane is real and whose nodes are not: kwok says of each pod that it is
 * ready, and of the pod of a Job that it has ended well. No container runs.
 */
export interface SimulatedCluster {
  readonly client: ApiClient;
  /** File that other clients find it by. */
  readonly kubeconfig: string;
  /** Whether pods become ready. */
  readonly kubelet: { stop(): void; resume(): void };
  /** Waits until the controllers have nothing more to do. */
  settled(): Promise<void>;
}

/** What kwok does, by its own folders: nodes, pods and volumes change their state at once. */
const STAGES: readonly string[] = [
  'node/fast',
  'node/heartbeat-with-lease',
  'pod/fast',
  'volume/fast',
];
const STORAGE_CLASS = 'volume/fast/storage-class.yaml';
const NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node', labels: { 'kubernetes.io/hostname': 'node' } },
};

/** The stages of kwok as the one file that it reads. */
function stages(kwok: string): string {
  return STAGES.flatMap((name) => {
    const folder = join(kwok, 'stage', name);
    return readdirSync(folder)
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => readFileSync(join(folder, file), 'utf8'));
  })
    .filter((text) => text.includes('kind: Stage\n'))
    .join('\n---\n');
}

async function isNodeReady(client: ApiClient): Promise<boolean> {
  return isReady((await client.read(NODE)) as V1Node);
}

/**
 * Starts the control plane with the custom resource definitions of operators, and kwok with one node and a
 * default class of volumes.
 */
export async function startCluster(tools: ClusterTools, folder: string): Promise<SimulatedCluster> {
  const server = await startApiServer(
    join(tools.kubernetes, 'kube-apiserver'),
    folder,
    // kwok's watches would be refused again and again, as lists that need a newer etcd than 3.4.
    '--feature-gates=WatchList=false',
  );
  const { client, kubeconfig } = server;
  const log = (name: string) => join(folder, `${name}.log`);
  const controller = (name: string, ...args: readonly string[]) =>
    new ManagedProcess({
      name,
      command: join(tools['kubernetes-controllers'], name),
      args: [`--kubeconfig=${kubeconfig}`, '--leader-elect=false', '--secure-port=0', ...args],
      log: log(name),
    }).start();
  await controller(
    'kube-controller-manager',
    `--service-account-private-key-file=${server.signingKey}`,
    `--root-ca-file=${server.certificate}`,
    `--flex-volume-plugin-dir=${join(folder, 'volume-plugins')}`,
  );
  await controller('kube-scheduler');
  const config = join(folder, 'kwok.yaml');
  writeFileSync(config, stages(tools.kwok));
  const kubelet = await new ManagedProcess({
    name: 'kwok',
    command: join(tools.kwok, 'kwok'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--config=${config}`,
      '--manage-all-nodes',
      '--node-lease-duration-seconds=40',
    ],
    // It reads a configuration in the user's folder.
    env: { HOME: folder },
    log: log('kwok'),
  }).start();
  const storageClass = load(readFileSync(join(tools.kwok, 'stage', STORAGE_CLASS), 'utf8'));
  for (const object of [storageClass as Identity, NODE]) {
    accepted(await client.apply(object));
  }
  await until('the node is ready', 60, () => isNodeReady(client), 100);
  await installCrds(client, tools.crds);
  const cluster: SimulatedCluster = {
    client,
    kubeconfig,
    kubelet: {
      stop: () => kubelet.signal('SIGSTOP'),
      resume: () => kubelet.signal('SIGCONT'),
    },
    settled: async () => {
      let before = await versions(client);
      const rest = async () => {
        await sleep(1_500);
        const after = await versions(client);
        const changed = changedKeys(before, after);
        before = after;
        return changed.length === 0;
      };
      await until('the controllers rest', 60, rest, 0);
    },
  };
  await cluster.settled();
  return cluster;
}
