import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireCommand } from '../../../scripts/toolchain.ts';
import type { Machine } from './machine.ts';

/** Where containerd listens, in the machine. */
export const SOCKET = '/run/containerd/containerd.sock';

/** Addresses of pods. */
export const POD_NETWORK = '10.244.0.0/16';

const CNI_PLUGINS = '/usr/lib/cni';

/** Every pod has a cable to its node, so that what pods send to each other passes the node's rules. */
const NETWORK = {
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'ptp',
      ipMasq: false,
      ipam: {
        type: 'host-local',
        ranges: [[{ subnet: POD_NETWORK }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
  ],
};

/** @param sandboxImage name of the image whose process holds the namespaces of a pod. */
function config(sandboxImage: string, networks: string): string {
  return `version = 2
[grpc]
  address = "${SOCKET}"
[plugins."io.containerd.internal.v1.opt"]
  path = "/var/lib/containerd/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${sandboxImage}"
  # In a machine of namespaces no process may get a higher priority than its parent.
  restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "${CNI_PLUGINS}"
  conf_dir = "${networks}"
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "overlayfs"
`;
}

/** Starts containerd, with a network for pods. */
export async function startContainerd(
  machine: Machine,
  folder: string,
  sandboxImage: string,
): Promise<void> {
  for (const command of ['runc', 'ctr']) {
    requireCommand(command);
  }
  if (!existsSync(join(CNI_PLUGINS, 'ptp'))) {
    throw new Error(
      `no network plugins in ${CNI_PLUGINS}: apt-get install -y containernetworking-plugins`,
    );
  }
  const networks = join(folder, 'networks');
  mkdirSync(networks);
  writeFileSync(join(networks, '10-pods.conflist'), JSON.stringify(NETWORK));
  const configuration = join(folder, 'containerd.toml');
  writeFileSync(configuration, config(sandboxImage, networks));
  await machine.start({
    name: 'containerd',
    command: requireCommand('containerd'),
    args: ['--config', configuration],
    log: join(folder, 'logs', 'containerd.log'),
    ready: () => Promise.resolve(responds(machine)),
  });
}

function responds(machine: Machine): boolean {
  try {
    machine.run('ctr', ['--address', SOCKET, 'version']);
    return true;
  } catch {
    return false;
  }
}

/** Loads the images of an archive. */
export function importImages(machine: Machine, archive: string): void {
  machine.run('ctr', [
    ...['--address', SOCKET, '--namespace', 'k8s.io'],
    ...['images', 'import', archive],
  ]);
}
