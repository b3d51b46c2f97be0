import type { IConstruct } from 'constructs';

declare const entryType: unique symbol;

/**
 * A kind of entry that constructs make in their platform when they are created: what is asked for all
 * of a kind, or for one by name, finds them without a walk through the tree.
 */
export interface Register<Entry extends IConstruct = IConstruct> {
  /** Tells it from others, also from those of another copy of the package. */
  readonly name: string;
  /** Carries the type of the entries for the compiler; never there at run time. */
  readonly [entryType]?: Entry;
}

/** Whether a construct is still where it was created: children can be removed. */
export function isInTree(construct: IConstruct): boolean {
  const { scope, id } = construct.node;
  return scope === undefined || (scope.node.tryFindChild(id) === construct && isInTree(scope));
}

/** The registers of one platform. */
export class Registers {
  readonly #entries = new Map<string, Map<string, IConstruct[]>>();

  /**
   * Makes an entry. Several may have the same name.
   *
   * @param name what it is found by. @default - the path of the construct
   */
  public enter<Entry extends IConstruct>(
    register: Register<Entry>,
    entry: Entry,
    name: string = entry.node.path,
  ): void {
    const byName = this.#entries.get(register.name) ?? new Map<string, IConstruct[]>();
    this.#entries.set(register.name, byName);
    const entries = byName.get(name);
    if (entries === undefined) {
      byName.set(name, [entry]);
    } else {
      entries.push(entry);
    }
  }

  /** The first entry of a name. */
  public find<Entry extends IConstruct>(
    register: Register<Entry>,
    name: string,
  ): Entry | undefined {
    return this.#entries.get(register.name)?.get(name)?.find(isInTree) as Entry | undefined;
  }

  /** All entries, in the order in which their names were entered. */
  public all<Entry extends IConstruct>(register: Register<Entry>): readonly Entry[] {
    return [...(this.#entries.get(register.name)?.values() ?? [])].flatMap((entries) =>
      entries.filter(isInTree),
    ) as Entry[];
  }

  /** The names that there are entries of. */
  public names(register: Register): readonly string[] {
    return [...(this.#entries.get(register.name) ?? [])].flatMap(([name, entries]) =>
      entries.some(isInTree) ? [name] : [],
    );
  }
}
