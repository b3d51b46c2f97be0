import * as pulumi from '@pulumi/pulumi';
import {
  type EventPlatform,
  renderObjects,
  type RenderedObject,
  type SecretReference,
} from 'cdk8s-event-platform';
import { applicationOrder } from './application-order.ts';
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

/** The objects of one layer. They follow everything that the layer follows. */
class PlatformLayer extends pulumi.ComponentResource {
  public constructor(name: string, options: pulumi.ComponentResourceOptions) {
    super('event-platform:kubernetes:PlatformLayer', name, {}, options);
    this.registerOutputs({});
  }
}

/**
 * The objects of a platform, each a resource of its own, below a component for each layer. An object
 * follows its namespace, all objects of earlier layers, and what its construct depends on; Secrets come
 * before everything that could read them. With `destroy`, the order is turned around.
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
    const layers = applicationOrder(platform, renderObjects(platform)).map(
      ({ layer, objects }) => ({
        layer,
        objects: [...objects].map(([object, follows]) => ({
          object,
          follows,
          manifest: fillPlaceholders(object.manifest, values) as ManifestInput,
        })),
      }),
    );
    super('event-platform:kubernetes:PlatformObjects', name, {}, options);
    const { namespace } = platform.environment;
    const { provider } = options;
    const created = new Map<RenderedObject, KubernetesObject>();
    // A layer waits for the objects of the one before, and its own objects wait for their parent:
    // dependencies between each two objects of two layers are too many for Pulumi's state.
    const secrets = (dependsOn: pulumi.Resource[]) =>
      platform.secrets.map((reference) =>
        args.secret(reference, namespace, { parent: this, provider, dependsOn }),
      );
    // A namespace that somebody else has created is there already.
    let before: pulumi.Resource[] = platform.createsNamespace ? [] : secrets([]);
    for (const { layer, objects } of layers) {
      const parent = new PlatformLayer(`${name}/${layer}`, { parent: this, dependsOn: before });
      before = [];
      for (const { object, follows, manifest } of objects) {
        const resource = new KubernetesObject(manifest, {
          parent,
          provider,
          dependsOn: follows.map((other) => created.get(other)!),
          // Its parent in stacks that were deployed when layers were not resources.
          aliases: [{ parent: this }],
        });
        created.set(object, resource);
        before.push(resource);
        if (manifest.kind === 'Namespace' && manifest.metadata.name === namespace) {
          before.push(...secrets([resource]));
        }
      }
    }
    this.objects = new Map(
      [...created].map(([{ manifest }, resource]) => [resourceName(manifest), resource]),
    );
    this.registerOutputs({});
  }
}
