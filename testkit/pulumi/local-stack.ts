import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dump, load } from 'js-yaml';
import { type Stack, type StackOptions, startStack } from './stack.ts';

const ROOT = resolve(import.meta.dirname, '..', '..');

/** Options of {@link startLocalStack}. */
export interface LocalStackOptions extends Pick<StackOptions, 'tools' | 'env'> {
  /** Context of the kubeconfig that leads to the cluster. */
  readonly context: string;
  /** Tag of the images that the cluster has. */
  readonly imageTag: string;
  /** Folder for project, states and logs. */
  readonly folder: string;
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

/** Makes the stack `local` with a configuration for a cluster that has operators and images. */
export function startLocalStack(options: LocalStackOptions): Promise<Stack> {
  const { tools, context, imageTag, folder, env } = options;
  return startStack({
    tools,
    project: projectIn(folder),
    stack: 'local',
    config: {
      target: 'local',
      cluster: 'current',
      kubeContext: context,
      operators: 'present',
      images: 'present',
      imageTag,
    },
    folder: join(folder, 'engine'),
    env,
  });
}
