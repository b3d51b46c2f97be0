import type { EventContract } from '@cdk8s-event-platform/contracts';
import { portableSchema, type Subschema } from '@cdk8s-event-platform/contracts/internal';

/** A JSON Schema of draft 7 for the data of each contract, by the name of its file. */
export function jsonSchemaFiles(contracts: readonly EventContract[]): ReadonlyMap<string, string> {
  return new Map(
    contracts.map(({ type, version, description, schema }) => {
      const document = {
        $schema: 'http://json-schema.org/draft-07/schema#',
        $id: (schema as Subschema).$id ?? `urn:event:${type}:${version}`,
        title: type,
        description,
        ...portableSchema(schema),
      };
      return [`${type}.${version}.schema.json`, `${JSON.stringify(document, null, 2)}\n`] as const;
    }),
  );
}
