import { ApiObject, Lazy } from 'cdk8s';
import type { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { EventPlatform } from './event-platform.ts';
import { byteLength } from '../core/kubernetes-syntax.ts';
import { shortHash } from '../core/names.ts';

/** Contents by the name of the file. */
export type Files = Readonly<Record<string, string>>;

/** Bytes of files in one ConfigMap where there are several: less than the 1 MiB that Kubernetes takes. */
const MAX_BYTES = 1_000_000;

/** Properties of {@link ConfigFiles}. */
export interface ConfigFilesProps {
  /** Name of the ConfigMap; further ones have a number behind it. */
  readonly name: string;
  readonly labels: Record<string, string>;
  /** Asked for when everything is declared. */
  readonly files: () => Files;
}

/**
 * Files for a pod, in as many ConfigMaps as they need. How many is known when everything is declared:
 * the first is created at once, the others below it before the platform is rendered.
 */
export class ConfigFiles {
  /** The first of the generated objects. A Job that mounts the files depends on it. */
  public readonly configMap: ApiObject;
  readonly #platform: EventPlatform;
  readonly #props: ConfigFilesProps;

  public constructor(scope: Construct, id: string, props: ConfigFilesProps) {
    this.#platform = EventPlatform.of(scope);
    this.#props = props;
    this.configMap = this.#configMap(scope, id, 1);
    this.#platform.addPreparation(this.configMap, () => this.#createOthers());
  }

  /** A volume with all files. */
  public volume(name: string): k8s.Volume {
    return Lazy.any({
      produce: (): k8s.Volume => {
        const names = this.#parts().map((_, index) => this.#nameOf(index + 1));
        return names.length === 1
          ? { name, configMap: { name: names[0]! } }
          : { name, projected: { sources: names.map((part) => ({ configMap: { name: part } })) } };
      },
    }) as k8s.Volume;
  }

  /** A hash of the files as they are rendered, patches included. */
  public hash(): string {
    const data: Record<string, string | undefined> = {};
    for (const object of [this.configMap, ...this.configMap.node.children]) {
      if (ApiObject.isApiObject(object)) {
        Object.assign(data, (object.toJson() as { readonly data?: Files }).data);
      }
    }
    const names = new Set([...Object.keys(this.#props.files()), ...Object.keys(data)]);
    return shortHash(Object.fromEntries([...names].map((name) => [name, data[name]])));
  }

  #nameOf(number: number): string {
    return number === 1 ? this.#props.name : `${this.#props.name}-${number}`;
  }

  /** Not of the generated type, whose conversion takes the square of the number of files. */
  #configMap(scope: Construct, id: string, number: number): ApiObject {
    return new ApiObject(scope, id, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: this.#nameOf(number), labels: this.#props.labels },
      data: Lazy.any({ produce: () => this.#parts()[number - 1] ?? {} }) as Files,
    });
  }

  #createOthers(): void {
    const { node } = this.configMap;
    const wanted = this.#parts().length;
    node.children
      .slice(wanted - 1)
      .forEach((superfluous) => node.tryRemoveChild(superfluous.node.id));
    for (let number = node.children.length + 2; number <= wanted; number++) {
      this.#configMap(this.configMap, String(number), number);
    }
  }

  #parts(): readonly Files[] {
    return this.#platform.rendering((rendering) =>
      rendering.once(this, () => divided(this.#props.files())),
    );
  }
}

/** Files in groups that one ConfigMap each can hold, in the order of their names. */
function divided(files: Files): readonly Files[] {
  const parts: Record<string, string>[] = [{}];
  let bytes = 0;
  for (const [name, content] of Object.entries(files)) {
    const size = byteLength(content);
    if (bytes > 0 && bytes + size > MAX_BYTES) {
      parts.push({});
      bytes = 0;
    }
    parts.at(-1)![name] = content;
    bytes += size;
  }
  return parts;
}

/** A text as files that one ConfigMap each can hold, divided between lines: `001` and so on. */
export function textFiles(text: string, ending: string): Files {
  const parts: string[] = [];
  let [from, to, bytes] = [0, 0, 0];
  while (to < text.length) {
    const end = text.indexOf('\n', to) + 1 || text.length;
    const size = byteLength(text.slice(to, end));
    if (bytes > 0 && bytes + size > MAX_BYTES) {
      parts.push(text.slice(from, to));
      [from, bytes] = [to, 0];
    }
    [to, bytes] = [end, bytes + size];
  }
  parts.push(text.slice(from));
  return Object.fromEntries(
    parts.map((part, index) => [`${String(index + 1).padStart(3, '0')}${ending}`, part]),
  );
}
