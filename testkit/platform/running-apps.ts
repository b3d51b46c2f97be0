import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DAPR_TOKEN_HEADER,
  RUNTIME_ENV,
  RUNTIME_PATHS,
} from '@cdk8s-event-platform/contracts/interface';
import { buildImage } from '../../app-images/build.ts';
import type { KubernetesObject, Manifests } from '../../scripts/manifests.ts';
import { answers, freePorts, ManagedProcess } from '../process.ts';
import { sidecar, type SidecarFiles, type SidecarPorts } from './sidecar.ts';

/** One image of the platform with its sidecar. */
export interface RunningApp {
  readonly appId: string;
  readonly app: ManagedProcess;
  readonly sidecar: ManagedProcess;
  /** Port of the app: requests or deliveries, and health. */
  readonly port: number;
  /** Port that the app serves its metrics on. */
  readonly metricsPort: number;
  readonly ports: SidecarPorts;
  /** Headers that the sidecar asks for. */
  readonly sidecarHeaders: Readonly<Record<string, string>>;
}

/** What apps are started with. */
export interface AppsOptions {
  readonly manifests: Manifests;
  /** Folders below `app-images/`, by the name of the image. */
  readonly images: Readonly<Record<string, string>>;
  /** Temporary folder of the run. */
  readonly folder: string;
  readonly logs: string;
  /** Folder with Dapr's programs. */
  readonly dapr: string;
  readonly files: SidecarFiles;
  /** Variables of an app besides those that are rendered. */
  readonly env: (appId: string) => Readonly<Record<string, string>>;
}

/**
 * Writes the files that a container has from ConfigMaps, as the kubelet mounts them.
 *
 * @returns Folders by the paths that they are mounted at.
 */
function mountedFiles(
  { spec }: KubernetesObject,
  manifests: Manifests,
  folder: string,
): ReadonlyMap<string, string> {
  const { containers, volumes = [] } = spec.template.spec;
  const folders = new Map<string, string>();
  for (const { name, mountPath } of containers[0].volumeMounts ?? []) {
    const configMap = volumes.find((volume) => volume.name === name)?.configMap;
    if (configMap !== undefined) {
      const own = mkdtempSync(join(folder, `files-${configMap.name}-`));
      const { data } = manifests.only('ConfigMap', configMap.name);
      Object.entries(data).forEach(([file, text]) => writeFileSync(join(own, file), text));
      folders.set(mountPath, own);
    }
  }
  return folders;
}

async function startApp(
  deployment: KubernetesObject,
  { manifests, images, folder, logs, dapr, files, env }: AppsOptions,
): Promise<RunningApp> {
  const mounts = mountedFiles(deployment, manifests, folder);
  const name = deployment.metadata.name;
  const [port, metricsPort, http, grpc, internal, metrics, open] = (await freePorts(7)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ports = { http, grpc, internal, metrics, public: open };
  const rendered = Object.fromEntries(
    deployment.spec.template.spec.containers[0].env.flatMap(
      ({ name: variable, value, valueFrom }) => {
        const { secretKeyRef } = valueFrom ?? {};
        if (secretKeyRef?.optional === true) {
          return [];
        }
        const given = secretKeyRef ? files.secret(secretKeyRef.name, secretKeyRef.key) : value;
        return given === undefined ? [] : [[variable, mounts.get(given) ?? given]];
      },
    ),
  );
  const app = new ManagedProcess({
    name,
    command: process.execPath,
    args: [await buildImage(images[name]!)],
    env: {
      ...rendered,
      ...env(name),
      [RUNTIME_ENV.appPort]: String(port),
      [RUNTIME_ENV.metricsPort]: String(metricsPort),
      [RUNTIME_ENV.daprHttpPort]: String(http),
      // In a pod, this folder is the pod's own and outlives a container.
      TMPDIR: mkdtempSync(join(logs, '..', `tmp-${name}-`)),
    },
    log: join(logs, `${name}.log`),
    ready: () => answers(`http://127.0.0.1:${port}${RUNTIME_PATHS.live}`),
  });
  await app.start();
  const own = sidecar(dapr, deployment, files, port, ports, logs);
  await own.start();
  const token = rendered[RUNTIME_ENV.daprApiToken];
  const sidecarHeaders = token === undefined ? {} : { [DAPR_TOKEN_HEADER]: token };
  return { appId: name, app, sidecar: own, port, metricsPort, ports, sidecarHeaders };
}

/** The apps of a platform, each with its sidecar. */
export class RunningApps {
  readonly #first = new Map<string, RunningApp>();
  readonly #more: RunningApp[] = [];

  public constructor(private readonly options: AppsOptions) {}

  /** The first pod of each app. */
  public get first(): ReadonlyMap<string, RunningApp> {
    return this.#first;
  }

  /** Pods that were added. */
  public get more(): readonly RunningApp[] {
    return this.#more;
  }

  /** Starts the first pod of each app. */
  public async start(progress: (text: string) => void): Promise<void> {
    const deployments = this.options.manifests
      .ofKind('Deployment')
      .filter(({ spec }) => spec.template.metadata.annotations?.['dapr.io/enabled'] === 'true');
    for (const deployment of deployments) {
      const app = await startApp(deployment, this.options);
      this.#first.set(app.appId, app);
      progress(`${app.appId} on 127.0.0.1:${app.port} with its sidecar`);
    }
  }

  /** Starts one more pod of an app. */
  public async scaleOut(appId: string): Promise<RunningApp> {
    const app = await this.#startOne(appId);
    this.#more.push(app);
    return app;
  }

  /**
   * Replaces the first pod of an app by a new one, as a Deployment does.
   *
   * @param ready called when the new pod is ready, and the old one has not been told to end.
   */
  public async roll(appId: string, ready: (app: RunningApp) => void): Promise<RunningApp> {
    const old = this.#first.get(appId)!;
    const app = await this.#startOne(appId);
    this.#first.set(appId, app);
    ready(app);
    await Promise.all([old.app.stop(), old.sidecar.stop()]);
    return app;
  }

  #startOne(appId: string): Promise<RunningApp> {
    return startApp(this.options.manifests.only('Deployment', appId), this.options);
  }
}
