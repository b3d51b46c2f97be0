import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answers, freePorts, ManagedProcess } from '../process.ts';
import type { Identities } from './sidecar.ts';

/** Dapr's sentry on this machine. */
export interface RunningSentry {
  readonly process: ManagedProcess;
  /** What sidecars need to get an identity from it. */
  readonly identities: Identities;
}

const NAMESPACE = 'dapr-system';
const TRUST_DOMAIN = 'cluster.local';

/**
 * Starts Dapr's sentry on loopback, with a certificate authority of its own. Sidecars that get their identities from it
 * call each other by them, and find each other by mDNS at this machine.
 *
 * @param controlPlane folder of the programs of Dapr's control plane.
 * @param folder that keeps its certificates.
 * @param logs folder of logs.
 */
export async function startSentry(
  controlPlane: string,
  folder: string,
  logs: string,
): Promise<RunningSentry> {
  const [port, health, metrics] = (await freePorts(3)) as [number, number, number];
  const credentials = join(folder, 'credentials');
  mkdirSync(credentials, { recursive: true });
  const configuration = join(folder, 'configuration.yaml');
  writeFileSync(
    configuration,
    JSON.stringify({
      ...{ apiVersion: 'dapr.io/v1alpha1', kind: 'Configuration' },
      ...{ metadata: { name: 'daprsystem' }, spec: {} },
    }),
  );
  const process = new ManagedProcess({
    name: 'sentry of Dapr',
    command: join(controlPlane, 'sentry'),
    args: [
      ...['--mode=standalone', `--config=${configuration}`, `--trust-domain=${TRUST_DOMAIN}`],
      ...[`--issuer-credentials=${credentials}`, `--port=${port}`, '--listen-address=127.0.0.1'],
      ...[`--healthz-port=${health}`, '--healthz-listen-address=127.0.0.1'],
      `--metrics-port=${metrics}`,
    ],
    env: { NAMESPACE },
    log: join(logs, 'sentry.log'),
    ready: () => answers(`http://127.0.0.1:${health}/healthz`),
  });
  await process.start();
  return {
    process,
    identities: {
      flags: ['--enable-mtls', `--sentry-address=127.0.0.1:${port}`],
      env: {
        DAPR_TRUST_ANCHORS: readFileSync(join(credentials, 'ca.crt'), 'utf8'),
        DAPR_CONTROLPLANE_NAMESPACE: NAMESPACE,
        DAPR_CONTROLPLANE_TRUST_DOMAIN: TRUST_DOMAIN,
        DAPR_HOST_IP: '127.0.0.1',
      },
    },
  };
}
