import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';

/** What an object rendered, and how many patches it had. */
interface Rendered {
  readonly json: unknown;
  readonly patches: number;
}

/** The rendering that is under way. */
let current: Rendering | undefined;

/** How many patches an object has. */
function patchesOf(object: ApiObject): number {
  return (object as unknown as { readonly patches: readonly unknown[] }).patches.length;
}

/**
 * The rendering of a construct, from its validation to its last object: the tree is walked once, and each
 * object is resolved once for everybody who asks for its JSON meanwhile. Afterwards, whatever changes is
 * seen again.
 */
export class Rendering {
  /**
   * Renders a construct, within the rendering of it that is under way, or in one of its own.
   *
   * @param prepare creates objects that only now are known to be needed.
   */
  public static during<Result>(
    scope: IConstruct,
    use: (rendering: Rendering) => Result,
    prepare: () => void = () => undefined,
  ): Result {
    if (current?.scope === scope) {
      return use(current);
    }
    const before = current;
    current = new Rendering(scope);
    try {
      prepare();
      current.refresh();
      return use(current);
    } finally {
      current = before;
    }
  }

  /** The JSON of an object: made now, or what was made earlier in the rendering that is under way. */
  public static jsonOf(object: ApiObject, make: () => unknown): unknown {
    const rendering = current;
    if (rendering === undefined || !rendering.#all.has(object)) {
      return make();
    }
    const known = rendering.#rendered.get(object);
    if (known?.patches === patchesOf(object)) {
      return known.json;
    }
    const patches = patchesOf(object);
    const json = make();
    rendering.#rendered.set(object, { json, patches });
    return json;
  }

  #constructs: readonly IConstruct[] = [];
  #objects: readonly ApiObject[] = [];
  #all: ReadonlySet<IConstruct> = new Set();
  readonly #rendered = new Map<ApiObject, Rendered>();
  readonly #made = new Map<unknown, unknown>();

  private constructor(
    /** What is rendered. */
    public readonly scope: IConstruct,
  ) {}

  /** Everything that is rendered, in the order of the tree. */
  public get constructs(): readonly IConstruct[] {
    return this.#constructs;
  }

  /** The objects that are rendered, in the order of the tree. */
  public get objects(): readonly ApiObject[] {
    return this.#objects;
  }

  /** What is made of all objects, by whom it is made for. */
  public once<Made>(owner: unknown, make: () => Made): Made {
    if (!this.#made.has(owner)) {
      this.#made.set(owner, make());
    }
    return this.#made.get(owner) as Made;
  }

  /** Walks the tree, in which preparations and validations may have changed something. */
  public refresh(): void {
    const constructs = this.scope.node.findAll();
    if (
      constructs.length !== this.#constructs.length ||
      constructs.some((construct, index) => construct !== this.#constructs[index])
    ) {
      this.#constructs = constructs;
      this.#objects = constructs.filter((construct) => ApiObject.isApiObject(construct));
      this.#all = new Set(this.#objects);
      this.#rendered.clear();
      this.#made.clear();
    }
  }
}
