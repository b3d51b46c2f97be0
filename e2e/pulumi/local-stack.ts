import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import commandPackage from '@pulumi/command/package.json' with { type: 'json' };
import kubernetesPackage from '@pulumi/kubernetes/package.json' with { type: 'json' };
import randomPackage from '@pulumi/random/package.json' with { type: 'json' };
import { dump, load } from 'js-yaml';
import { PULUMI_KUBERNETES_COMMIT } from '../tools/pulumi-kubernetes.ts';
import { PULUMI_VERSIONS } from '../tools/pulumi.ts';
import { commandProvider } from './command-provider.ts';
import { Engine } from './engine.ts';
import { ProviderServer } from './provider.ts';
import { randomProvider } from './random-provider.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

/** Versions of Pulumi's parts, those that have stand-ins among them. */
export const PULUMI_PARTS = {
  engine: `Pulumi ${PULUMI_VERSIONS.engine} with the Node language host ${PULUMI_VERSIONS.languageHost}`,
  kubernetes: `Pulumi's Kubernetes provider ${PULUMI_KUBERNETES_COMMIT}, as ${kubernetesPackage.version}`,
  standIns: `Pulumi's providers random ${randomPackage.version} and command ${commandPackage.version}`,
} as const;

/** Options of {@link startLocalStack}. */
export interface LocalStackOptions {
  /** Folders of built programs. */
  readonly tools: Readonly<Record<'pulumi' | 'pulumi-kubernetes', string>>;
  /** Context of the kubeconfig that leads to the cluster. */
  readonly context: string;
  /** Tag of the images that the cluster has. */
  readonly imageTag: string;
  /** Folder for project, states and logs. */
  readonly folder: string;
  /** Variables of the engine and its providers. Read at each command. */
  readonly env: Readonly<Record<string, string>>;
}

/** The stack `local` on a cluster with operators and images. */
export interface LocalStack {
  readonly engine: Engine;
  /** Folder of states and logs. */
  readonly folder: string;
  /** Stops the stand-ins for providers. */
  stop(): void;
}

/** A folder with the project of the checkout, in which the engine may write. */
function projectIn(folder: string): string {
  const project = join(folder, 'project');
  mkdirSync(project, { recursive: true });
  const settings = load(readFileSync(join(ROOT, 'Pulumi.yaml'), 'utf8')) as { main: string };
  const own = { ...settings, main: join(ROOT, settings.main) };
  writeFileSync(join(project, 'Pulumi.yaml'), dump(own));
  return project;
}

/** Starts providers, and makes the stack `local` with a configuration for a cluster that is there. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const { tools, context, imageTag, folder, env } = options;
  const standIns = [
    new ProviderServer('random', randomPackage.version, randomProvider),
    new ProviderServer('command', commandPackage.version, commandProvider),
  ];
  const engineFolder = join(folder, 'engine');
  const engine = new Engine({
    tools: tools.pulumi,
    project: projectIn(folder),
    stack: 'local',
    folder: engineFolder,
    plugins: [
      {
        name: 'kubernetes',
        version: kubernetesPackage.version,
        program: join(tools['pulumi-kubernetes'], 'pulumi-resource-kubernetes'),
      },
    ],
    providers: await Promise.all(standIns.map((provider) => provider.start())),
    env,
  });
  await engine.call('stack', 'init');
  const config = {
    target: 'local',
    cluster: 'current',
    kubeContext: context,
    operators: 'present',
    images: 'present',
    imageTag,
  };
  for (const [key, value] of Object.entries(config)) {
    await engine.call('config', 'set', key, value);
  }
  return { engine, folder: engineFolder, stop: () => standIns.forEach((one) => one.stop()) };
}
