import { join } from 'node:path';
import { freePorts, listensOn, ManagedProcess } from '../process.ts';
import { requireCommand } from '../../scripts/toolchain.ts';
import { ApiClient } from './client.ts';
import { generateCredentials, writePrivate } from './credentials.ts';
import { writeKubeconfig } from './kubeconfig.ts';

/** A control plane of API server and etcd alone: it accepts and refuses, and runs nothing. */
export interface ApiServer {
  readonly client: ApiClient;
  /** File that other clients find it by. */
  readonly kubeconfig: string;
  /** File with the private key that tokens of service accounts are signed with. */
  readonly signingKey: string;
  /** File with its self-signed certificate. */
  readonly certificate: string;
  stop(): Promise<void>;
}

/**
 * Starts etcd and the API server on free loopback ports, with the admission that is on by default.
 *
 * @param more arguments of the API server.
 */
export async function startApiServer(
  binary: string,
  folder: string,
  ...more: readonly string[]
): Promise<ApiServer> {
  const [etcdPort, peerPort, port] = (await freePorts(3)) as [number, number, number];
  const credentials = generateCredentials(folder, 'https://kubernetes.default.svc');
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const etcd = await new ManagedProcess({
    name: 'etcd',
    command: requireCommand('etcd'),
    args: [
      `--data-dir=${join(folder, 'etcd')}`,
      `--listen-client-urls=${etcdUrl}`,
      `--advertise-client-urls=${etcdUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
    ],
    log: join(folder, 'etcd.log'),
    ready: () => listensOn(etcdPort),
  }).start();
  const client = new ApiClient(port, credentials.token);
  const server = await new ManagedProcess({
    name: 'kube-apiserver',
    command: binary,
    args: [
      `--etcd-servers=${etcdUrl}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      ...credentials.args,
      '--service-cluster-ip-range=10.96.0.0/16',
      ...more,
    ],
    log: join(folder, 'kube-apiserver.log'),
    deadline: 120,
    ready: () => client.ready(),
  }).start();
  return {
    client,
    kubeconfig: writePrivate(
      folder,
      'kubeconfig',
      writeKubeconfig({ port, token: credentials.token }),
    ),
    signingKey: credentials.signingKey,
    certificate: credentials.certificate,
    stop: async () => {
      client.close();
      await server.stop();
      await etcd.stop();
    },
  };
}
