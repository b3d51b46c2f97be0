import * as pulumi from '@pulumi/pulumi';
import type { IConstruct } from 'constructs';
import {
  type EventPlatform,
  Layer,
  renderObjects,
  type RenderedObject,
  type SecretReference,
} from 'cdk8s-event-platform';
import { KubernetesObject, type ManifestInput, resourceName } from './kubernetes-object.ts';
import { fillPlaceholders, type PlaceholderValues } from './placeholders.ts';

/** Creates what fills a Secret that manifests refer to. */
export type SecretFactory = (
  reference: SecretReference,
  namespace: string,
  options: pulumi.CustomResourceOptions,
) => pulumi.Resource;

/** Arguments of {@link PlatformObjects}. */
export interface PlatformObjectsArgs {
  /** What is deployed. */
  readonly platform: EventPlatform;
  /** Called for each Secret that the platform refers to. */
  readonly secret: SecretFactory;
  /** What stands for placeholders in the rendered objects. @default - nothing does */
  readonly values?: PlaceholderValues;
}

/** Options of {@link PlatformObjects}. */
export interface PlatformObjectsOptions extends Omit<
  pulumi.ComponentResourceOptions,
  'provider' | 'providers'
> {
  /** Provider of the cluster. */
  readonly provider: pulumi.ProviderResource;
}

const LAYERS = Object.values(Layer).sort();

/** Objects that must be there before one is applied, beside those of earlier layers. */
function declaredDependencies(
  of: IConstruct,
  byConstruct: ReadonlyMap<IConstruct, RenderedObject>,
): RenderedObject[] {
  const targets = of.node.scopes.flatMap((scope) => scope.node.dependencies);
  return [...new Set(targets.flatMap((target) => target.node.findAll()))]
    .map((construct) => byConstruct.get(construct))
    .filter((found) => found !== undefined && found.construct !== of) as RenderedObject[];
}

/** Objects in an order in which each follows what it depends on. @throws Error for a circle. */
function inOrder(
  objects: readonly RenderedObject[],
  dependenciesOf: (object: RenderedObject) => readonly RenderedObject[],
): RenderedObject[] {
  const ordered = new Set<RenderedObject>();
  const visit = (object: RenderedObject, path: readonly RenderedObject[]): void => {
    if (path.includes(object)) {
      const circle = [...path.slice(path.indexOf(object)), object];
      throw new Error(
        `objects wait for each other: ${circle.map(({ manifest }) => resourceName(manifest)).join(' → ')}; remove one of these dependencies`,
      );
    }
    if (!ordered.has(object)) {
      dependenciesOf(object).forEach((target) => visit(target, [...path, object]));
      ordered.add(object);
    }
  };
  objects.forEach((object) => visit(object, []));
  return [...ordered];
}

/** An object as it is applied. */
interface AppliedObject {
  readonly manifest: ManifestInput;
  readonly layer: Layer;
  /** What has to be there before. */
  readonly after: readonly RenderedObject[];
  readonly rendered: RenderedObject;
}

/** The objects of a platform, each after what it depends on. Registers nothing. */
function appliedObjects(platform: EventPlatform, values: PlaceholderValues): AppliedObject[] {
  const rendered = renderObjects(platform);
  const byConstruct = new Map<IConstruct, RenderedObject>(
    rendered.map((object) => [object.construct, object]),
  );
  const after = ({ manifest, layer, construct }: RenderedObject): RenderedObject[] => [
    ...rendered.filter(
      (other) =>
        LAYERS.indexOf(other.layer) < LAYERS.indexOf(layer) ||
        (other.manifest.kind === 'Namespace' &&
          other.manifest.metadata.name === manifest.metadata.namespace),
    ),
    ...declaredDependencies(construct, byConstruct),
  ];
  return inOrder(rendered, after).map((object) => ({
    manifest: fillPlaceholders(object.manifest, values) as ManifestInput,
    layer: object.layer,
    after: after(object),
    rendered: object,
  }));
}

/**
 * The objects of a platform, each a resource of its own. An object follows its namespace, all
 * objects of earlier layers, and what its construct depends on; Secrets come before everything that
 * could read them. With `destroy`, the order is turned around.
 */
export class PlatformObjects extends pulumi.ComponentResource {
  /** The resources by name, e.g. `Deployment/event-driven/task-processor`. */
  public readonly objects: ReadonlyMap<string, KubernetesObject>;

  /**
   * @throws DeclarationError when the platform cannot work, before anything is registered.
   * @throws Error for objects that wait for each other, and for a placeholder without a value.
   */
  public constructor(name: string, args: PlatformObjectsArgs, options: PlatformObjectsOptions) {
    const { platform, values = new Map() } = args;
    const applied = appliedObjects(platform, values);
    super('event-platform:kubernetes:PlatformObjects', name, {}, options);
    const { namespace } = platform.environment;
    const shared = { parent: this, provider: options.provider };
    const created = new Map<RenderedObject, KubernetesObject>();
    const secrets: pulumi.Resource[] = [];
    for (const { manifest, layer, after, rendered } of applied) {
      const resource = new KubernetesObject(manifest, {
        ...shared,
        dependsOn: [
          ...new Set(after.map((object) => created.get(object)!)),
          ...(layer === LAYERS[0] ? [] : secrets),
        ],
      });
      created.set(rendered, resource);
      if (manifest.kind === 'Namespace' && manifest.metadata.name === namespace) {
        secrets.push(
          ...platform.secrets.map((reference) =>
            args.secret(reference, namespace, { ...shared, dependsOn: [resource] }),
          ),
        );
      }
    }
    this.objects = new Map(
      [...created].map(([{ manifest }, resource]) => [resourceName(manifest), resource]),
    );
    this.registerOutputs({});
  }
}
