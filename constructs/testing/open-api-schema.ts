/** A schema of OpenAPI, as CustomResourceDefinitions and Kubernetes itself have it: what {@link closedSchema} looks at. */
export interface OpenApiSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, OpenApiSchema>>;
  readonly additionalProperties?: OpenApiSchema | boolean;
  readonly items?: OpenApiSchema;
  readonly nullable?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
}

/** Name of the schema of `metadata`, which all kinds share. */
export const METADATA_SCHEMA = 'meta.v1.ObjectMeta';

/** What says nothing about whether a value is valid, or only the API server evaluates. */
const IGNORED = /^(?:description|default|externalDocs|example|x-kubernetes-.*)$/;

/**
 * A JSON Schema that refuses unknown fields, as an API server with strict field validation does.
 * Objects without properties, and those that keep unknown fields, stay open.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning
 */
export function closedSchema(schema: OpenApiSchema): Record<string, unknown> {
  const { properties, items, additionalProperties, nullable, ...rest } = schema;
  const closed: Record<string, unknown> = Object.fromEntries(
    Object.entries(rest).filter(([keyword]) => !IGNORED.test(keyword)),
  );
  if (schema['x-kubernetes-int-or-string'] === true) {
    delete closed.anyOf;
    closed.type = ['integer', 'string'];
  }
  if (nullable === true && typeof closed.type === 'string') {
    closed.type = [closed.type, 'null'];
  }
  if (items !== undefined) {
    closed.items = closedSchema(items);
  }
  if (properties !== undefined) {
    closed.properties = Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, closedSchema(value)]),
    );
    if (schema['x-kubernetes-preserve-unknown-fields'] !== true) {
      closed.additionalProperties = false;
    }
  }
  if (typeof additionalProperties === 'object') {
    closed.additionalProperties = closedSchema(additionalProperties);
  } else if (additionalProperties !== undefined) {
    closed.additionalProperties = additionalProperties;
  }
  return closed;
}

/** The JSON Schema of a kind. All kinds have the same metadata; `status` is written by the cluster, and stays open. */
export function kindSchema(schema: OpenApiSchema): object {
  const { properties, ...closed } = closedSchema(schema);
  return {
    ...closed,
    properties: {
      ...(properties as object | undefined),
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { $ref: `#/definitions/${METADATA_SCHEMA}` },
      status: { type: 'object' },
    },
  };
}

/** A CustomResourceDefinition, as far as it describes objects. */
export interface CustomResourceDefinition {
  readonly kind: 'CustomResourceDefinition';
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly schema: { readonly openAPIV3Schema: OpenApiSchema };
    }[];
  };
}

/** The JSON Schemas of a custom resource, by API version and kind, e.g. `dapr.io/v2alpha1/Subscription`. */
export function customResourceSchemas({
  spec: { group, names, versions },
}: CustomResourceDefinition): Record<string, object> {
  return Object.fromEntries(
    versions.map(({ name, schema }) => [
      `${group}/${name}/${names.kind}`,
      kindSchema(schema.openAPIV3Schema),
    ]),
  );
}
