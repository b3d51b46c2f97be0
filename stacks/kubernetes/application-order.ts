import type { IConstruct } from 'constructs';
import { type EventPlatform, Layer, type RenderedObject } from 'cdk8s-event-platform';
import { withCode } from '@cdk8s-event-platform/contracts/internal';
import { resourceName } from './kubernetes-object.ts';

const LAYERS = Object.values(Layer).sort();

/** Objects of one layer, each after those that it follows. */
export interface OrderedLayer {
  readonly layer: Layer;
  /** Each object, with those that it follows beside the layers before its own. */
  readonly objects: ReadonlyMap<RenderedObject, readonly RenderedObject[]>;
}

/** Finds what an object follows. */
type Follows = (object: RenderedObject) => readonly RenderedObject[];

/** Dependencies of the object's construct, and of the constructs that it is part of. */
function declared(rendered: readonly RenderedObject[]): Follows {
  const byConstruct = new Map<IConstruct, RenderedObject>(
    rendered.map((object) => [object.construct, object]),
  );
  return (object) =>
    object.construct.node.scopes
      .flatMap((scope) => scope.node.dependencies)
      .flatMap((target) => target.node.findAll())
      .map((construct) => byConstruct.get(construct))
      .filter((found) => found !== undefined && found !== object) as RenderedObject[];
}

/** The Namespace that the object is in. */
function namespaces(rendered: readonly RenderedObject[]): Follows {
  const byName = Map.groupBy(
    rendered.filter(({ manifest }) => manifest.kind === 'Namespace'),
    ({ manifest }) => manifest.metadata.name,
  );
  return ({ manifest }) => byName.get(manifest.metadata.namespace ?? '') ?? [];
}

/**
 * The layer before the object's own in the nearest construct that has one. Pulumi orders deletions by
 * direct dependencies alone: these let the objects of a construct that is removed go in reverse order.
 */
function siblings(rendered: readonly RenderedObject[], platform: EventPlatform): Follows {
  const scopesOf = ({ construct }: RenderedObject) => {
    const { scopes } = construct.node;
    return scopes.slice(scopes.indexOf(platform) + 1, -1);
  };
  const layersOf = new Map<IConstruct, Partial<Record<Layer, RenderedObject[]>>>();
  for (const object of rendered) {
    for (const scope of scopesOf(object)) {
      const layers = layersOf.get(scope) ?? {};
      layersOf.set(scope, layers);
      (layers[object.layer] ??= []).push(object);
    }
  }
  return (object) => {
    const earlier = LAYERS.slice(0, LAYERS.indexOf(object.layer)).reverse();
    const candidates = scopesOf(object)
      .reverse()
      .flatMap((scope) => earlier.map((layer) => layersOf.get(scope)![layer]));
    return candidates.find((found) => found !== undefined) ?? [];
  };
}

/** The objects of a layer, each after those of the same layer that it follows. @throws Error for a circle. */
function inOrder(
  objects: readonly RenderedObject[],
  follows: Follows,
): Map<RenderedObject, readonly RenderedObject[]> {
  const ordered = new Map<RenderedObject, readonly RenderedObject[]>();
  const path = new Set<RenderedObject>();
  const visit = (object: RenderedObject): void => {
    if (path.has(object)) {
      const open = [...path];
      const circle = [...open.slice(open.indexOf(object)), object];
      throw new Error(
        withCode(
          'EP7002',
          `objects wait for each other: ${circle.map(({ manifest }) => resourceName(manifest)).join(' → ')}; remove one of these dependencies`,
        ),
      );
    }
    if (!ordered.has(object)) {
      path.add(object);
      const targets = [...new Set(follows(object))];
      targets.filter(({ layer }) => layer === object.layer).forEach(visit);
      path.delete(object);
      ordered.set(object, targets);
    }
  };
  objects.forEach(visit);
  return ordered;
}

/** @throws Error when an object follows one of a later layer. */
function refuseLaterLayers(
  { manifest, layer }: RenderedObject,
  targets: readonly RenderedObject[],
) {
  const later = targets.find((target) => target.layer > layer);
  if (later !== undefined) {
    throw new Error(
      withCode(
        'EP7002',
        `${resourceName(manifest)} of layer ${layer} depends on ${resourceName(later.manifest)} of the later layer ${later.layer}: remove this dependency`,
      ),
    );
  }
}

/**
 * Rendered objects in the order in which they are applied. The time that it takes, and the number of
 * objects that are followed, grow with the number of objects.
 *
 * @throws Error for objects that wait for each other.
 */
export function applicationOrder(
  platform: EventPlatform,
  rendered: readonly RenderedObject[],
): OrderedLayer[] {
  const rules = [namespaces(rendered), declared(rendered), siblings(rendered, platform)];
  const byLayer = Map.groupBy(rendered, ({ layer }) => layer);
  return LAYERS.filter((layer) => byLayer.has(layer)).map((layer) => {
    const objects = inOrder(byLayer.get(layer)!, (object) => rules.flatMap((rule) => rule(object)));
    objects.forEach((targets, object) => refuseLaterLayers(object, targets));
    return { layer, objects };
  });
}
