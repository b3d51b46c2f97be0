import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import type { SecretManifest } from '../../cli/make-secret.ts';
import type { KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import { podsOf, withSidecars } from '../kubernetes/pods.ts';
import { answers, ManagedProcess } from '../process.ts';

/** Flags of the cluster's control plane, which does not run here, and whether a value follows. */
const CONTROL_PLANE_FLAGS: Readonly<Record<string, boolean>> = {
  '--control-plane-address': true,
  '--sentry-address': true,
  '--enable-mtls': false,
};

/** What sidecars read. */
export interface SidecarFiles {
  /** Folder of Components, Subscriptions and Resiliency. */
  readonly resources: string;
  /** Folder of Configurations, each in a file of its name. */
  readonly configurations: string;
  /** The value of a key of a Secret. */
  readonly secret: (name: string, key: string) => string;
  /** Who gives sidecars the identities by which they know each other. @default - they have none, and call nobody */
  readonly identities?: Identities;
  /** Where the scheduler of Dapr is. @default - none, and no jobs */
  readonly scheduler?: string;
}

/** Sentry of Dapr, as sidecars find it. */
export interface Identities {
  /** Flags of sidecars. */
  readonly flags: readonly string[];
  /** Environment variables of sidecars. */
  readonly env: Readonly<Record<string, string>>;
}

const SECRET_STORE = 'run-secrets';

/** Writes what sidecars load, from the rendered objects: addresses and the secret store replaced. */
export function writeResources(
  manifests: Manifests,
  secrets: readonly SecretManifest[],
  addresses: Readonly<Record<string, string>>,
  folder: string,
): SidecarFiles {
  const resources = join(folder, 'resources');
  mkdirSync(resources, { recursive: true });
  const replaceAddresses = (text: string) =>
    Object.entries(addresses).reduce((all, [from, to]) => all.replaceAll(from, to), text);

  const secretsFile = join(folder, 'secrets.json');
  const values = Object.fromEntries(
    secrets.map(({ metadata, stringData }) => [metadata.name, stringData]),
  );
  writeFileSync(secretsFile, replaceAddresses(JSON.stringify(values)), { mode: 0o600 });
  const secret = (name: string, key: string): string => {
    const value = values[name]?.[key];
    if (value === undefined) {
      throw new Error(`a sidecar asks for the key '${key}' of the Secret '${name}': not declared`);
    }
    return replaceAddresses(value);
  };
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
  const configurations = join(folder, 'configurations');
  mkdirSync(configurations, { recursive: true });
  for (const configuration of manifests.ofKind('Configuration')) {
    writeFileSync(join(configurations, configuration.metadata.name), dump(configuration));
  }
  return { resources, configurations, secret };
}

/** Ports of one sidecar. */
export interface SidecarPorts {
  readonly http: number;
  readonly grpc: number;
  readonly internal: number;
  readonly metrics: number;
  readonly public: number;
}

/** A container as the injector writes it. */
interface InjectedContainer {
  readonly name: string;
  readonly args?: readonly string[];
  readonly env?: readonly {
    readonly name: string;
    readonly valueFrom?: {
      readonly secretKeyRef?: { readonly name: string; readonly key: string };
    };
  }[];
}

/** The sidecar that Dapr's own injector gives a rendered Deployment. */
function injected(inject: string, deployment: KubernetesObject): InjectedContainer {
  const [pod] = withSidecars(inject, podsOf([deployment]));
  const { containers } = pod!.spec as { containers: InjectedContainer[] };
  return containers.find(({ name }) => name === 'daprd')!;
}

/** Its flags, but for those about the control plane. */
function flags({ args = [] }: InjectedContainer): string[] {
  return args.filter((flag, index) => {
    const before = args[index - 1] ?? '';
    return index > 0 && !(flag in CONTROL_PLANE_FLAGS) && CONTROL_PLANE_FLAGS[before] !== true;
  });
}

/** Its environment variables that come from Secrets. */
function secretEnv({ env = [] }: InjectedContainer, files: SidecarFiles): Record<string, string> {
  return Object.fromEntries(
    env.flatMap(({ name, valueFrom }) => {
      const { secretKeyRef } = valueFrom ?? {};
      return secretKeyRef === undefined
        ? []
        : [[name, files.secret(secretKeyRef.name, secretKeyRef.key)]];
    }),
  );
}

/** A sidecar for a rendered Deployment, as the injector would start it, but on loopback. */
export function sidecar(
  dapr: string,
  deployment: KubernetesObject,
  files: SidecarFiles,
  appPort: number,
  ports: SidecarPorts,
  logs: string,
): ManagedProcess {
  const container = injected(join(dapr, 'inject'), deployment);
  return new ManagedProcess({
    name: `daprd of ${deployment.metadata.name}`,
    command: join(dapr, 'daprd'),
    args: [
      ...flags(container),
      // Of a flag that is given twice, daprd takes the second.
      `--app-port=${appPort}`,
      `--dapr-http-port=${ports.http}`,
      `--dapr-grpc-port=${ports.grpc}`,
      `--dapr-internal-grpc-port=${ports.internal}`,
      `--dapr-public-port=${ports.public}`,
      `--metrics-port=${ports.metrics}`,
      `--resources-path=${files.resources}`,
      '--dapr-listen-addresses=127.0.0.1',
      '--app-channel-address=127.0.0.1',
      '--mode=standalone',
      ...(files.identities?.flags ?? []),
      ...(files.scheduler === undefined ? [] : [`--scheduler-host-address=${files.scheduler}`]),
    ],
    // Where there is no cluster to ask, the name of a Configuration is that of a file.
    cwd: files.configurations,
    env: {
      ...secretEnv(container, files),
      ...files.identities?.env,
      NAMESPACE: deployment.metadata.namespace!,
    },
    log: join(logs, `daprd-${deployment.metadata.name}.log`),
    restart: true,
    ready: () => answers(`http://127.0.0.1:${ports.http}/v1.0/healthz`),
  });
}
