import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RenderedManifest } from '../sidecar/rendered.ts';

/** The value of a key of a Secret. */
export type SecretLookup = (name: string, key: string) => string;

/** A volume, as far as files come from it. */
interface Volume {
  readonly name: string;
  readonly configMap?: { readonly name: string };
  readonly projected?: {
    readonly sources: readonly {
      readonly configMap?: { readonly name: string };
      readonly secret?: {
        readonly name: string;
        readonly items?: readonly { readonly key: string; readonly path: string }[];
      };
    }[];
  };
}

/** The pod of a Deployment or a Job. */
export interface PodManifest extends RenderedManifest {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly [
          {
            readonly env?: readonly {
              readonly name: string;
              readonly value?: string;
              readonly valueFrom?: {
                readonly secretKeyRef?: {
                  readonly name: string;
                  readonly key: string;
                  readonly optional?: boolean;
                };
              };
            }[];
            readonly ports?: readonly { readonly containerPort: number }[];
            readonly volumeMounts?: readonly {
              readonly name: string;
              readonly mountPath: string;
            }[];
          },
        ];
        readonly volumes?: readonly Volume[];
      };
    };
  };
}

type Files = Readonly<Record<string, string>>;

/** The volume that a pod has at a path. */
export function volumeAt({ spec }: PodManifest, path: string): Volume | undefined {
  const { containers, volumes = [] } = spec.template.spec;
  const mount = containers[0].volumeMounts?.find(({ mountPath }) => mountPath === path);
  return volumes.find(({ name }) => name === mount?.name);
}

/** The files of the ConfigMaps of a volume. */
export function filesOf(volume: Volume, objects: readonly RenderedManifest[]): Files {
  const sources = volume.projected?.sources ?? [volume];
  const names = sources.flatMap(({ configMap }) =>
    configMap === undefined ? [] : [configMap.name],
  );
  const maps = objects.filter(
    ({ kind, metadata }) => kind === 'ConfigMap' && names.includes(metadata.name),
  );
  return Object.assign({}, ...maps.map((map) => (map as { data?: Files }).data)) as Files;
}

/**
 * The environment variables of a pod's container. Files of ConfigMaps are written below the folder, and variables
 * that name where a pod has them name the folder.
 */
export function environmentOf(
  pod: PodManifest,
  objects: readonly RenderedManifest[],
  secret: SecretLookup,
  folder: string,
): Record<string, string> {
  const [{ env = [], volumeMounts = [] }] = pod.spec.template.spec.containers;
  const folders = new Map<string, string>();
  for (const { mountPath } of volumeMounts) {
    const files = Object.entries(filesOf(volumeAt(pod, mountPath)!, objects));
    if (files.length > 0) {
      const own = join(folder, mountPath);
      mkdirSync(own, { recursive: true });
      files.forEach(([name, text]) => writeFileSync(join(own, name), text));
      folders.set(mountPath, own);
    }
  }
  return Object.fromEntries(
    env.flatMap(({ name, value, valueFrom }) => {
      const reference = valueFrom?.secretKeyRef;
      // Nobody gives here what need not be given.
      if (reference?.optional === true) {
        return [];
      }
      const given = reference === undefined ? value : secret(reference.name, reference.key);
      return given === undefined ? [] : [[name, folders.get(given) ?? given]];
    }),
  );
}
