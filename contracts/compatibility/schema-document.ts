import type { Ajv, ValidateFunction } from 'ajv';
import { schemaCompiler } from '../schema-compiler.ts';
import { decodedReference, isObject, type Subschema, subschemas } from '../subschemas.ts';

/** A schema as draft 7 writes it. */
export type Schema = boolean | Subschema;

/** A schema at its place in a document, in which its references lead on. */
export interface Node {
  readonly schema: Schema;
  readonly document: SchemaDocument;
}

/** Keywords that say nothing of what is valid. */
export const ANNOTATIONS: ReadonlySet<string> = new Set([
  ...['$schema', '$id', '$comment', '$defs', 'definitions', 'title', 'description', 'default'],
  ...['examples', 'readOnly', 'writeOnly', 'deprecated', 'contentEncoding', 'contentMediaType'],
]);

/** A value as a schema; what is not there accepts everything. */
export function schemaOf(value: unknown): Schema {
  return typeof value === 'boolean' || isObject(value) ? value : true;
}

/** A whole schema: resolves its references, and validates values against its subschemas. */
export class SchemaDocument {
  readonly #root: Subschema;
  readonly #derived = new Map<unknown, Map<string, Subschema>>();
  readonly #validators = new Map<Subschema, ValidateFunction | undefined>();
  #pointers: Map<Subschema, string> | undefined;
  #open: SchemaDocument | undefined;
  #ajv: Ajv | undefined;

  /**
   * @param schema the root.
   * @param onlyDeclared whether objects hold declared properties only: what the lenient policy assumes of writers.
   */
  public constructor(
    schema: Schema,
    public readonly onlyDeclared = false,
  ) {
    this.#root = isObject(schema) ? schema : {};
  }

  /** The same document, of whose objects nothing is assumed but what it says. */
  public get open(): SchemaDocument {
    return this.onlyDeclared ? (this.#open ??= new SchemaDocument(this.#root)) : this;
  }

  /** A node of this document. */
  public node(value: unknown): Node {
    return { schema: schemaOf(value), document: this };
  }

  /** What a reference leads to. One that leads nowhere accepts everything as a writer's, nothing as a reader's. */
  public resolve(reference: string): Schema | undefined {
    const [root, ...tokens] = decodedReference(reference).split('/');
    const target =
      root === '#'
        ? tokens.reduce<unknown>(
            (value, token) =>
              (value as Record<string, unknown> | undefined)?.[
                token.replaceAll('~1', '/').replaceAll('~0', '~')
              ],
            this.#root,
          )
        : undefined;
    return typeof target === 'boolean' || isObject(target) ? target : undefined;
  }

  /** A schema that follows from another one; the same each time. */
  public derive(from: unknown, name: string, make: () => Subschema): Node {
    const byName = this.#derived.get(from) ?? new Map<string, Subschema>();
    this.#derived.set(from, byName);
    const schema = byName.get(name) ?? make();
    byName.set(name, schema);
    return this.node(schema);
  }

  /** The schema of what another one does not accept. */
  public negation(schema: Schema): Node {
    return typeof schema === 'boolean'
      ? this.node(!schema)
      : this.derive(schema, 'not', () => ({ not: schema }));
  }

  /** Whether a subschema accepts a value; undefined when it is not known. */
  public accepts(schema: Schema, value: unknown): boolean | undefined {
    if (typeof schema === 'boolean') {
      return schema;
    }
    const validate = this.#validator(schema);
    if (validate !== undefined) {
      return validate(value);
    }
    if (Object.keys(schema).join() === 'not') {
      const accepted = this.accepts(schemaOf(schema.not), value);
      return accepted === undefined ? undefined : !accepted;
    }
    return undefined;
  }

  #validator(schema: Subschema): ValidateFunction | undefined {
    if (!this.#validators.has(schema)) {
      this.#validators.set(schema, this.#compile(schema));
    }
    return this.#validators.get(schema);
  }

  #compile(schema: Subschema): ValidateFunction | undefined {
    this.#pointers ??= new Map(
      subschemas(this.#root, true).map(([found, { pointer }]) => [found, pointer]),
    );
    const pointer = this.#pointers.get(schema);
    if (pointer === undefined) {
      return undefined;
    }
    if (this.#ajv === undefined) {
      this.#ajv = schemaCompiler({ strict: false, validateSchema: false, allErrors: false });
      const root: Record<string, unknown> = { ...this.#root };
      delete root.$id;
      delete root.$schema;
      this.#ajv.addSchema(root, 'root');
    }
    const fragment = pointer.split('/').slice(1).map(encodeURIComponent).join('/');
    return this.#ajv.compile({ $ref: `root#${fragment === '' ? '' : `/${fragment}`}` });
  }
}
