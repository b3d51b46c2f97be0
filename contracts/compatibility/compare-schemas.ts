import { Comparison } from './comparison.ts';
import type { CompatibilityPolicy } from './option.ts';
import type { Incompatibility } from './report.ts';
import { SchemaDocument, schemaOf } from './schema-document.ts';

/**
 * Compares the schema of who writes with that of who reads. All that is not known to be accepted is listed: an empty
 * list means that the reader's schema accepts whatever is written.
 *
 * @param writer schema that data are written by.
 * @param reader schema that the same data are read by.
 */
export function schemaIncompatibilities(
  writer: object | boolean,
  reader: object | boolean,
  policy: CompatibilityPolicy,
): readonly Incompatibility[] {
  const written = new SchemaDocument(schemaOf(writer), policy === 'lenient');
  return new Comparison()
    .run(written.node(writer), new SchemaDocument(schemaOf(reader)).node(reader))
    .map(({ path, problem }) => ({ path: `$${path}`, problem }));
}
