import { ApiObject, Yaml } from 'cdk8s';
import { DeclarationError } from './errors.ts';
import type { EventPlatform } from './event-platform.ts';
import { Layer, layerOf } from './layers.ts';

/** A rendered Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** One layer of a platform, rendered. */
export interface RenderedLayer {
  /** Which layer; its value is the name of the file without `.yaml`. */
  readonly layer: Layer;
  /** The objects of the layer. */
  readonly objects: readonly Manifest[];
  /** The objects as YAML documents. */
  readonly yaml: string;
}

/**
 * Renders a platform, layer by layer in the order of application. Writes nothing.
 *
 * @throws DeclarationError that lists every problem which the constructs found.
 */
export function renderPlatform(platform: EventPlatform): RenderedLayer[] {
  const problems = platform.node.findAll().flatMap((construct) => construct.node.validate());
  if (problems.length > 0) {
    throw new DeclarationError(platform, `cannot be rendered:\n- ${problems.join('\n- ')}`);
  }
  const objects = platform.node
    .findAll()
    .filter((construct): construct is ApiObject => ApiObject.isApiObject(construct))
    .map((object) => ({ layer: layerOf(object), json: object.toJson() as Manifest }));
  return Object.values(Layer)
    .sort()
    .map((layer) => {
      const ofLayer = objects.filter((object) => object.layer === layer).map(({ json }) => json);
      return { layer, objects: ofLayer, yaml: Yaml.stringify(...ofLayer) };
    });
}
