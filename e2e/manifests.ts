import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';

/** A rendered object, as far as tests look into it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- of any kind
  readonly [field: string]: any;
}

/** The objects of one environment, in the order of application. */
export class Manifests {
  /** Reads the `.yaml` files of a folder in the order of their names. */
  public static read(folder: string): Manifests {
    const files = readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort();
    return new Manifests(
      files.flatMap((name) =>
        loadAll(readFileSync(join(folder, name), 'utf8')).map(
          (object) => object as KubernetesObject,
        ),
      ),
    );
  }

  public constructor(public readonly objects: readonly KubernetesObject[]) {}

  /** All objects of a kind. */
  public ofKind(kind: string): readonly KubernetesObject[] {
    return this.objects.filter((object) => object.kind === kind);
  }

  /** The object of a kind whose name starts as given. @throws Error when it is not just one. */
  public only(kind: string, name: string): KubernetesObject {
    const found = this.ofKind(kind).filter(({ metadata }) => metadata.name.startsWith(name));
    const exact = found.filter(({ metadata }) => metadata.name === name);
    const [object, ...more] = exact.length > 0 ? exact : found;
    if (object === undefined || more.length > 0) {
      throw new Error(`${found.length} objects ${kind}/${name}*, not one`);
    }
    return object;
  }
}
