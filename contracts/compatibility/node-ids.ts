import type { Node, Schema, SchemaDocument } from './schema-document.ts';

/** Numbers of nodes: equal for the same schema in the same document. */
export class NodeIds {
  readonly #ids = new Map<SchemaDocument, Map<Schema, number>>();
  #next = 0;

  public of({ schema, document }: Node): number {
    const known = this.#ids.get(document) ?? new Map<Schema, number>();
    this.#ids.set(document, known);
    const id = known.get(schema) ?? this.#next++;
    known.set(schema, id);
    return id;
  }

  /** A text that is equal for the same nodes, in whatever order. */
  public ofAll(nodes: readonly Node[]): string {
    return [...new Set(nodes.map((node) => this.of(node)))].sort((a, b) => a - b).join(' ');
  }
}
