import type { EventPlatform } from '../platform/event-platform.ts';
import { type Manifest, renderPlatform } from '../platform/render.ts';

type Words = Readonly<Record<string, string>>;

/** A rendered object whose fields tests look into. */
export type AnyManifest = Manifest & {
  readonly metadata: { readonly labels?: Words; readonly annotations?: Words };
} & Readonly<Record<string, any>>; // eslint-disable-line @typescript-eslint/no-explicit-any -- every kind has other fields, and assertions on rendered values check them

/** Hash at the end of the names of Jobs. */
const HASH = /-[0-9a-f]{10}$/;

/**
 * Rendered objects, in the order of application. The same platform renders the same objects, so that they
 * can be compared with a snapshot as they are.
 *
 * @example
 * const manifests = Manifests.render(platform);
 * expect(manifests.only('Deployment', 'order-processor').spec.replicas).toBe(3);
 * expect(manifests.objects).toMatchSnapshot();
 */
export class Manifests<Item extends Manifest = AnyManifest> {
  /** Renders a platform. Writes nothing. @throws DeclarationError that lists every problem which the constructs found. */
  public static render(platform: EventPlatform): Manifests {
    return new Manifests(renderPlatform(platform).flatMap(({ objects }) => objects));
  }

  public constructor(public readonly objects: readonly Item[]) {}

  /** The objects of a kind. */
  public ofKind(kind: string): readonly Item[] {
    return this.objects.filter((object) => object.kind === kind);
  }

  /**
   * The object of a kind with a name, or with this name and the hash that Jobs have.
   *
   * @throws Error when there is no such object, or more than one.
   */
  public only(kind: string, name: string): Item {
    const objects = this.ofKind(kind);
    const found = objects.filter(
      ({ metadata }) => metadata.name === name || metadata.name.replace(HASH, '') === name,
    );
    const [object, ...more] = found;
    if (object === undefined || more.length > 0) {
      const names = objects.map(({ metadata }) => metadata.name).join(', ');
      throw new Error(
        `found ${found.length} objects ${kind}/${name}, expected 1: ${names === '' ? `no ${kind} is rendered` : `use one of ${names}`}`,
      );
    }
    return object;
  }
}
