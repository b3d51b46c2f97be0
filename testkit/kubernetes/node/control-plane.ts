import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { requireCommand, run } from '../../../scripts/toolchain.ts';
import type { ProcessSpec } from '../../process.ts';
import { ApiClient } from '../client.ts';
import { type Credentials, generateCredentials, writePrivate } from '../credentials.ts';
import { writeKubeconfig } from '../kubeconfig.ts';
import { POD_NETWORK, SOCKET } from './containerd.ts';
import type { Machine } from './machine.ts';

/** Addresses of Services. */
const SERVICE_NETWORK = '10.96.0.0/16';
/** The Service of the cluster's name server. */
export const DNS_ADDRESS = '10.96.0.10';

/** Below what the machine has of its own. */
const VOLUME_PLUGINS = '/var/lib/kubelet/volume-plugins';
const PORT = 6443;
const ISSUER = 'https://kubernetes.default.svc.cluster.local';
const ETCD = 'http://127.0.0.1:2379';

/** Folders of built programs. */
export interface Programs {
  /** With the API server. */
  readonly kubernetes: string;
  /** With everything else of Kubernetes. */
  readonly 'kubernetes-node': string;
}

/** The authority by which the API server proves to servers of more APIs (KEDA's) that it is the one. */
function frontProxy(folder: string): { ca: string; cert: string; key: string } {
  const at = (name: string) => join(folder, `front-proxy-${name}`);
  const openssl = (...args: readonly string[]) => run('openssl', args);
  openssl(
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=front-proxy'],
    ...['-keyout', at('ca.key'), '-out', at('ca.crt')],
  );
  openssl(
    ...['req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=front-proxy-client'],
    ...['-keyout', at('client.key'), '-out', at('client.csr')],
  );
  openssl(
    ...['x509', '-req', '-days', '2', '-in', at('client.csr'), '-out', at('client.crt')],
    ...['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial'],
  );
  return { ca: at('ca.crt'), cert: at('client.crt'), key: at('client.key') };
}

/** How to get to a control plane. */
export interface ControlPlane {
  readonly client: ApiClient;
  /** Path of a kubeconfig. */
  readonly kubeconfig: string;
}

/** What the programs of one control plane share. */
interface Setup {
  readonly machine: Machine;
  readonly programs: Programs;
  /** Folder of configurations, certificates and logs. */
  readonly folder: string;
  readonly credentials: Credentials;
  readonly kubeconfig: string;
}

function logOf({ folder }: Setup, name: string): string {
  return join(folder, 'logs', `${name}.log`);
}

function apiServer(setup: Setup, client: ApiClient): ProcessSpec {
  const { machine, programs, folder, credentials } = setup;
  const proxy = frontProxy(folder);
  return {
    name: 'kube-apiserver',
    command: join(programs.kubernetes, 'kube-apiserver'),
    args: [
      `--etcd-servers=${ETCD}`,
      `--secure-port=${PORT}`,
      `--advertise-address=${machine.address}`,
      ...credentials.args,
      '--allow-privileged',
      `--service-cluster-ip-range=${SERVICE_NETWORK}`,
      '--kubelet-preferred-address-types=InternalIP',
      `--requestheader-client-ca-file=${proxy.ca}`,
      '--requestheader-allowed-names=front-proxy-client',
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      `--proxy-client-cert-file=${proxy.cert}`,
      `--proxy-client-key-file=${proxy.key}`,
    ],
    log: logOf(setup, 'kube-apiserver'),
    deadline: 120,
    ready: () => client.ready(),
  };
}

/** A program that knows the API server by its kubeconfig, or by a file that names it. */
function component(setup: Setup, name: string, ...args: readonly string[]): ProcessSpec {
  const command = join(setup.programs['kubernetes-node'], name);
  return { name, command, args, log: logOf(setup, name) };
}

function controllerManager(setup: Setup): ProcessSpec {
  return component(
    setup,
    'kube-controller-manager',
    `--kubeconfig=${setup.kubeconfig}`,
    '--leader-elect=false',
    '--use-service-account-credentials',
    `--service-account-private-key-file=${setup.credentials.signingKey}`,
    `--root-ca-file=${setup.credentials.certificate}`,
    `--flex-volume-plugin-dir=${VOLUME_PLUGINS}`,
  );
}

function kubelet(setup: Setup): ProcessSpec {
  const { machine, folder, kubeconfig } = setup;
  const resolvConf = writePrivate(folder, 'resolv.conf', '');
  const configuration = dump(kubeletConfiguration(machine, resolvConf));
  return {
    ...component(
      setup,
      'kubelet',
      `--kubeconfig=${kubeconfig}`,
      `--config=${writePrivate(folder, 'kubelet.yaml', configuration)}`,
      '--hostname-override=node',
      `--node-ip=${machine.address}`,
    ),
    ready: () => Promise.resolve(existsSync(join(folder, 'var', 'lib', 'kubelet', 'pods'))),
  };
}

function kubeProxy(setup: Setup): ProcessSpec {
  const configuration = dump(proxyConfiguration(setup.kubeconfig));
  return component(
    setup,
    'kube-proxy',
    `--config=${writePrivate(setup.folder, 'kube-proxy.yaml', configuration)}`,
  );
}

/** Starts every part of Kubernetes on a machine with containerd. */
export async function startKubernetes(
  machine: Machine,
  programs: Programs,
  folder: string,
): Promise<ControlPlane> {
  const credentials = generateCredentials(folder, ISSUER);
  const { token } = credentials;
  const access = writeKubeconfig({ host: machine.address, port: PORT, token });
  const kubeconfig = writePrivate(folder, 'kubeconfig', access);
  const setup = { machine, programs, folder, credentials, kubeconfig };
  const client = new ApiClient(PORT, token, machine.address);
  await machine.start({
    name: 'etcd',
    command: requireCommand('etcd'),
    args: [`--data-dir=${join(folder, 'etcd')}`],
    log: logOf(setup, 'etcd'),
  });
  await machine.start(apiServer(setup, client));
  await machine.start(controllerManager(setup));
  await machine.start(
    component(setup, 'kube-scheduler', `--kubeconfig=${kubeconfig}`, '--leader-elect=false'),
  );
  await machine.start(kubelet(setup));
  await machine.start(kubeProxy(setup));
  return { client, kubeconfig };
}

function kubeletConfiguration(machine: Machine, resolvConf: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${SOCKET}`,
    cgroupDriver: 'cgroupfs',
    cgroupRoot: machine.cgroup,
    failCgroupV1: false,
    volumePluginDir: VOLUME_PLUGINS,
    failSwapOn: false,
    enforceNodeAllocatable: [],
    // The disk is this machine's: how full it is says nothing about the node.
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1%' },
    imageGCHighThresholdPercent: 100,
    clusterDomain: 'cluster.local',
    clusterDNS: [DNS_ADDRESS],
    resolvConf,
    // Only this machine reaches the node.
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
  };
}

function proxyConfiguration(kubeconfig: string): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig },
    mode: 'nftables',
    clusterCIDR: POD_NETWORK,
    hostnameOverride: 'node',
    // These are settings of the whole kernel.
    conntrack: { maxPerCore: 0, min: 0 },
  };
}
