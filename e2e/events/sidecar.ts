import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { SecretManifest } from '../../charts/secrets.ts';
import type { KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import { answers, ManagedProcess } from '../process.ts';

/** The annotations that the injector turns into flags of daprd, and the flags. */
const FLAG_OF_ANNOTATION: Readonly<Record<string, string>> = {
  'dapr.io/app-id': '--app-id',
  'dapr.io/app-protocol': '--app-protocol',
  'dapr.io/enable-app-health-check': '--enable-app-health-check',
  'dapr.io/app-health-check-path': '--app-health-check-path',
  'dapr.io/app-health-probe-interval': '--app-health-probe-interval',
  'dapr.io/app-health-probe-timeout': '--app-health-probe-timeout',
  'dapr.io/app-health-threshold': '--app-health-threshold',
  'dapr.io/graceful-shutdown-seconds': '--dapr-graceful-shutdown-seconds',
  'dapr.io/max-body-size': '--max-body-size',
  'dapr.io/log-as-json': '--log-as-json',
};

const SECRET_STORE = 'run-secrets';

/** Writes what sidecars load, from the rendered objects: addresses and the secret store replaced. */
export function writeResources(
  manifests: Manifests,
  secrets: readonly SecretManifest[],
  addresses: Readonly<Record<string, string>>,
  folder: string,
): { readonly resources: string; readonly configuration: string } {
  const resources = join(folder, 'resources');
  mkdirSync(resources, { recursive: true });
  const replaceAddresses = (text: string) =>
    Object.entries(addresses).reduce((all, [from, to]) => all.replaceAll(from, to), text);

  const secretsFile = join(folder, 'secrets.json');
  const values = Object.fromEntries(
    secrets.map(({ metadata, stringData }) => [metadata.name, stringData]),
  );
  writeFileSync(secretsFile, replaceAddresses(JSON.stringify(values)), { mode: 0o600 });
  const secretStore = {
    apiVersion: 'dapr.io/v1alpha1',
    kind: 'Component',
    metadata: { name: SECRET_STORE, namespace: manifests.ofKind('Namespace')[0]!.metadata.name },
    spec: {
      type: 'secretstores.local.file',
      version: 'v1',
      metadata: [
        { name: 'secretsFile', value: secretsFile },
        { name: 'multiValued', value: 'true' },
      ],
    },
  };
  const objects: object[] = [
    secretStore,
    ...manifests
      .ofKind('Component')
      .map((component) => ({ ...component, auth: { secretStore: SECRET_STORE } })),
    ...manifests.ofKind('Subscription'),
    ...manifests.ofKind('Resiliency'),
  ];
  objects.forEach((object, index) => {
    writeFileSync(join(resources, `${index}.yaml`), replaceAddresses(dump(object)));
  });
  const configuration = join(folder, 'configuration.yaml');
  writeFileSync(configuration, dump(manifests.ofKind('Configuration')[0]));
  return { resources, configuration };
}

/** Ports of one sidecar. */
export interface SidecarPorts {
  readonly http: number;
  readonly grpc: number;
  readonly internal: number;
  readonly metrics: number;
}

/** A sidecar for a rendered Deployment, with the flags that its annotations ask for. */
export function sidecar(
  daprd: string,
  deployment: KubernetesObject,
  files: { readonly resources: string; readonly configuration: string },
  appPort: number,
  ports: SidecarPorts,
  logs: string,
): ManagedProcess {
  const annotations = deployment.spec.template.metadata.annotations ?? {};
  const flags = Object.entries(FLAG_OF_ANNOTATION).flatMap(([annotation, flag]) =>
    annotation in annotations ? [`${flag}=${annotations[annotation]}`] : [],
  );
  return new ManagedProcess({
    name: `daprd of ${deployment.metadata.name}`,
    command: daprd,
    args: [
      ...flags,
      `--app-port=${appPort}`,
      `--dapr-http-port=${ports.http}`,
      `--dapr-grpc-port=${ports.grpc}`,
      `--dapr-internal-grpc-port=${ports.internal}`,
      `--metrics-port=${ports.metrics}`,
      `--resources-path=${files.resources}`,
      `--config=${files.configuration}`,
      '--dapr-listen-addresses=127.0.0.1',
      '--app-channel-address=127.0.0.1',
      '--placement-host-address=',
      '--scheduler-host-address=',
      '--mode=standalone',
      '--log-level=info',
    ],
    env: { NAMESPACE: deployment.metadata.namespace! },
    log: join(logs, `daprd-${deployment.metadata.name}.log`),
    restart: true,
    ready: () => answers(`http://127.0.0.1:${ports.http}/v1.0/healthz`),
  });
}
