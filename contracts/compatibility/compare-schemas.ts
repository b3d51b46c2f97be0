import { Comparison } from './comparison.ts';
import { type Incompatibility } from './report.ts';
import { type Schema, SchemaDocument } from './schema-document.ts';

/**
 * What is assumed of writers. `strict`: they may write all that their schema accepts, undeclared properties, too.
 * `lenient`: they write the properties that their schema declares, and no others.
 */
export type CompatibilityPolicy = 'strict' | 'lenient';

/**
 * Compares the schema of who writes with that of who reads. All that is not known to be accepted is listed: an empty
 * list means that the reader's schema accepts whatever is written.
 *
 * @param writer schema that data are written by.
 * @param reader schema that the same data are read by.
 */
export function schemaIncompatibilities(
  writer: Schema,
  reader: Schema,
  policy: CompatibilityPolicy,
): readonly Incompatibility[] {
  const written = new SchemaDocument(writer, policy === 'lenient');
  return new Comparison()
    .run(written.node(writer), new SchemaDocument(reader).node(reader))
    .map(({ path, problem }) => ({ path: `$${path}`, problem }));
}
