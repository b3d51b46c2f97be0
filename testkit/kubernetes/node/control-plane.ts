import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { requireCommand, run } from '../../../scripts/toolchain.ts';
import { ApiClient } from '../client.ts';
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

/** Starts every part of Kubernetes on a machine with containerd. */
export async function startKubernetes(
  machine: Machine,
  programs: Programs,
  folder: string,
): Promise<ControlPlane> {
  const file = (name: string, content: string | object): string => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : dump(content), { mode: 0o600 });
    return path;
  };
  const log = (name: string) => join(folder, 'logs', `${name}.log`);
  const program = (name: string) => join(programs['kubernetes-node'], name);
  const certificates = join(folder, 'certificates');
  mkdirSync(certificates);
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const token = randomUUID();
  const signingKey = file('service-account.key', privateKey);
  const proxy = frontProxy(folder);
  const kubeconfig = file(
    'kubeconfig',
    writeKubeconfig({ host: machine.address, port: PORT, token }),
  );

  const client = new ApiClient(PORT, token, machine.address);
  await machine.start({
    name: 'etcd',
    command: requireCommand('etcd'),
    args: [`--data-dir=${join(folder, 'etcd')}`],
    log: log('etcd'),
  });
  await machine.start({
    name: 'kube-apiserver',
    command: join(programs.kubernetes, 'kube-apiserver'),
    args: [
      `--etcd-servers=${ETCD}`,
      `--secure-port=${PORT}`,
      `--advertise-address=${machine.address}`,
      `--cert-dir=${certificates}`,
      `--token-auth-file=${file('tokens.csv', `${token},e2e,e2e,system:masters\n`)}`,
      '--authorization-mode=RBAC',
      '--allow-privileged',
      '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
      `--service-account-key-file=${file('service-account.pub', publicKey)}`,
      `--service-account-signing-key-file=${signingKey}`,
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
    log: log('kube-apiserver'),
    deadline: 120,
    ready: () => client.ready(),
  });
  await machine.start({
    name: 'kube-controller-manager',
    command: program('kube-controller-manager'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      '--leader-elect=false',
      '--use-service-account-credentials',
      `--service-account-private-key-file=${signingKey}`,
      `--root-ca-file=${join(certificates, 'apiserver.crt')}`,
      `--flex-volume-plugin-dir=${VOLUME_PLUGINS}`,
    ],
    log: log('kube-controller-manager'),
  });
  await machine.start({
    name: 'kube-scheduler',
    command: program('kube-scheduler'),
    args: [`--kubeconfig=${kubeconfig}`, '--leader-elect=false'],
    log: log('kube-scheduler'),
  });
  await machine.start({
    name: 'kubelet',
    command: program('kubelet'),
    args: [
      `--kubeconfig=${kubeconfig}`,
      `--config=${file('kubelet.yaml', kubeletConfiguration(machine, file('resolv.conf', '')))}`,
      '--hostname-override=node',
      `--node-ip=${machine.address}`,
    ],
    log: log('kubelet'),
    ready: () => Promise.resolve(existsSync(join(folder, 'var', 'lib', 'kubelet', 'pods'))),
  });
  await machine.start({
    name: 'kube-proxy',
    command: program('kube-proxy'),
    args: [`--config=${file('kube-proxy.yaml', proxyConfiguration(kubeconfig))}`],
    log: log('kube-proxy'),
  });
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
    // Nobody but this machine gets to the node.
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
