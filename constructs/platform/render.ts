import type { ApiObject } from 'cdk8s';
import { DeclarationError } from '../core/errors.ts';
import type { EventPlatform } from './event-platform.ts';
import { Layer, layerOf } from './layers.ts';
import { toYaml } from '../core/yaml.ts';
import type { Problem } from '@cdk8s-event-platform/contracts/internal';

/** A rendered Kubernetes object. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** A rendered object, and the construct that declares it. */
export interface RenderedObject {
  /** What renders the object; dependencies are between constructs. */
  readonly construct: ApiObject;
  /** Which layer it belongs to. */
  readonly layer: Layer;
  /** The object. */
  readonly manifest: Manifest;
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
 * Renders a platform, object by object in the order of the construct tree. Writes nothing.
 *
 * @throws DeclarationError that lists every problem which the constructs found.
 */
export function renderObjects(platform: EventPlatform): RenderedObject[] {
  return platform.rendering((rendering) => {
    // The platform looks at objects as the validations of others have left them, and reports first.
    const others = rendering.constructs.slice(1).flatMap(({ node }) => node.validate());
    const problems = [...platform.node.validate(), ...others];
    if (problems.length > 0) {
      // Constructs of others report theirs without a code.
      throw new DeclarationError(
        platform,
        `cannot be rendered:\n- ${problems.join('\n- ')}` as Problem,
      );
    }
    rendering.refresh();
    return rendering.objects.map((construct) => ({
      construct,
      layer: layerOf(construct),
      manifest: construct.toJson() as Manifest,
    }));
  });
}

/**
 * Renders a platform, layer by layer in the order of application. Writes nothing. Every parser reads the
 * YAML alike, which does not hold for what `app.synth()` of cdk8s writes: kubectl would make 15 of `0o17`.
 *
 * @throws DeclarationError that lists every problem which the constructs found.
 */
export function renderPlatform(platform: EventPlatform): RenderedLayer[] {
  const rendered = renderObjects(platform);
  return Object.values(Layer)
    .sort()
    .map((layer) => {
      const objects = rendered
        .filter((object) => object.layer === layer)
        .map(({ manifest }) => manifest);
      return { layer, objects, yaml: toYaml(objects) };
    });
}
