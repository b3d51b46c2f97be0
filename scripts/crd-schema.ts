/** The part of a CRD's `openAPIV3Schema` that the generator looks at. */
export interface OpenApiSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: OpenApiSchema | boolean;
  readonly items?: OpenApiSchema;
  readonly nullable?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}

/**
 * A CRD's schema as a JSON Schema that refuses unknown fields, as an API server with strict field
 * validation does. Objects without properties, and those that keep unknown fields, stay open.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
 */
export function closeSchema(schema: OpenApiSchema, root = true): object {
  const { properties, items, additionalProperties, nullable, ...rest } = schema;
  const closed: Record<string, unknown> = { ...rest };
  delete closed.description;
  delete closed['x-kubernetes-validations'];
  if (schema['x-kubernetes-int-or-string']) {
    delete closed.anyOf;
    closed.type = ['integer', 'string'];
  }
  if (nullable && typeof closed.type === 'string') {
    closed.type = [closed.type, 'null'];
  }
  if (items) {
    closed.items = closeSchema(items, false);
  }
  if (properties) {
    closed.properties = Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [
        name,
        // The API server owns the shape of metadata.
        root && name === 'metadata' ? { type: 'object' } : closeSchema(value, false),
      ]),
    );
    if (!schema['x-kubernetes-preserve-unknown-fields'] && additionalProperties === undefined) {
      closed.additionalProperties = false;
    }
  }
  if (additionalProperties !== undefined) {
    closed.additionalProperties =
      typeof additionalProperties === 'boolean'
        ? additionalProperties
        : closeSchema(additionalProperties, false);
  }
  return closed;
}
