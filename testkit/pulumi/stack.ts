import { join } from 'node:path';
import commandPackage from '@pulumi/command/package.json' with { type: 'json' };
import kubernetesPackage from '@pulumi/kubernetes/package.json' with { type: 'json' };
import randomPackage from '@pulumi/random/package.json' with { type: 'json' };
import { PULUMI_KUBERNETES_COMMIT } from '../tools/pulumi-kubernetes.ts';
import { PULUMI_VERSIONS } from '../tools/pulumi.ts';
import { commandProvider } from './command-provider.ts';
import { Engine } from './engine.ts';
import { ProviderServer } from './provider.ts';
import { randomProvider } from './random-provider.ts';

/** Versions of Pulumi's parts, those that have stand-ins among them. */
export const PULUMI_PARTS = {
  engine: `Pulumi ${PULUMI_VERSIONS.engine} with the Node language host ${PULUMI_VERSIONS.languageHost}`,
  kubernetes: `Pulumi's Kubernetes provider ${PULUMI_KUBERNETES_COMMIT}, as ${kubernetesPackage.version}`,
  standIns: `Pulumi's providers random ${randomPackage.version} and command ${commandPackage.version}`,
} as const;

/** Options of {@link startStack}. */
export interface StackOptions {
  /** Folders of built programs. */
  readonly tools: Readonly<Record<'pulumi' | 'pulumi-kubernetes', string>>;
  /** Folder with Pulumi.yaml, in which the engine writes. */
  readonly project: string;
  /** Name of the stack. */
  readonly stack: string;
  /** Configuration of the stack. */
  readonly config: Readonly<Record<string, string>>;
  /** Folder for states and logs. */
  readonly folder: string;
  /** Variables of the engine and its providers. Read at each command. */
  readonly env: Readonly<Record<string, string>>;
}

/** A stack, and the providers that its engine attaches to. */
export interface Stack {
  readonly engine: Engine;
  /** Folder of states and logs. */
  readonly folder: string;
  /** Stops the stand-ins for providers. */
  stop(): void;
}

/** Starts stand-ins for the providers that no package registry serves, and makes a new stack. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { tools, project, stack, config, folder, env } = options;
  const standIns = [
    new ProviderServer('random', randomPackage.version, randomProvider),
    new ProviderServer('command', commandPackage.version, commandProvider),
  ];
  const engine = new Engine({
    tools: tools.pulumi,
    project,
    stack,
    folder,
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
  for (const [key, value] of Object.entries(config)) {
    await engine.call('config', 'set', key, value);
  }
  return { engine, folder, stop: () => standIns.forEach((one) => one.stop()) };
}
