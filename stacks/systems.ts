import * as pulumi from '@pulumi/pulumi';
import type { System } from '../charts/system.ts';
import type { Systems } from '../charts/systems.ts';
import { choices, optionalText } from './stack-config.ts';

/** What stacks deploy systems to. */
export type Target = 'local' | 'awsMsk';

/** A system that a stack deploys. */
export interface ChosenSystem<T extends Target> {
  readonly name: string;
  readonly namespace: string;
  /** Folders below `app-images/`, by the name of the image. */
  readonly images: Readonly<Record<string, string>>;
  readonly deployed: NonNullable<System[T]>;
}

/** What a stack's configuration says of systems. */
export interface SystemsConfig {
  readonly systems: readonly string[];
  readonly namespace: string | undefined;
}

/** The settings that say which systems a stack deploys, and where to. */
export function systemSettings(systems: Systems, target: Target) {
  const names = Object.keys(systems).filter((name) => systems[name]![target] !== undefined);
  return {
    systems: choices('systems that are deployed', names, ['tasks']),
    namespace: optionalText('namespace of the platform', {
      example: 'event-driven',
      pattern: /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/,
    }),
  } as const;
}

/** Mistakes in which systems go together. */
export function systemProblems(systems: Systems, { systems: names, namespace }: SystemsConfig) {
  const problems: string[] = [];
  if (names.length > 1 && namespace !== undefined) {
    problems.push(
      `'namespace' is that of one system, and 'systems' has ${names.join(', ')}, each with a namespace of its own: remove it, or give each system a stack`,
    );
  }
  const owners = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const name of names) {
    const { namespace: own, images } = systems[name]!;
    const other = owners.get(own);
    if (other !== undefined) {
      problems.push(
        `systems '${other}' and '${name}' have one namespace '${own}', and objects of one name would overwrite each other: give one of them another in its entry of charts/systems.ts`,
      );
    }
    owners.set(own, name);
    for (const [image, folder] of Object.entries(images)) {
      if ((folders.get(image) ?? folder) !== folder) {
        problems.push(
          `image '${image}' of system '${name}' is built from '${folder}', and that of another system from '${folders.get(image)}': give one of them another name`,
        );
      }
      folders.set(image, folder);
    }
  }
  return problems;
}

/** The systems that a stack's configuration names. */
export function chosenSystems<T extends Target>(
  systems: Systems,
  target: T,
  { systems: names, namespace }: SystemsConfig,
): readonly ChosenSystem<T>[] {
  return names.map((name) => {
    const system = systems[name]!;
    return {
      name,
      namespace: namespace ?? system.namespace,
      images: system.images,
      deployed: system[target]!,
    };
  });
}

/** Folders of all images that systems run, by the name of the image. */
export function imagesOf(
  systems: readonly Pick<System, 'images'>[],
): Readonly<Record<string, string>> {
  return Object.assign({}, ...systems.map(({ images }) => images)) as Record<string, string>;
}

/** What names of a system's passwords start with: as {@link nameOf}, nothing for `tasks`. */
export function passwordPrefix(system: string): string {
  return system === 'tasks' ? '' : `${system}/`;
}

/**
 * Name of a resource that belongs to one system: that of the stack where it is `tasks`, which was there before
 * others were.
 */
export function nameOf(system: string, stack = pulumi.getStack()): string {
  return system === 'tasks' ? stack : `${stack}-${system}`;
}
