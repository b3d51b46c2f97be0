import { wireSchema } from '../marks.ts';
import { Comparison } from './comparison.ts';
import type { CompatibilityPolicy } from './option.ts';
import type { Incompatibility } from './report.ts';
import { SchemaDocument, schemaOf } from './schema-document.ts';

/** The schema of what is in events, where values are encrypted or kept elsewhere. */
function inEvents(schema: object | boolean): object | boolean {
  return typeof schema === 'boolean' ? schema : wireSchema(schema);
}

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
  const [from, to] = [writer, reader].map(inEvents) as [object | boolean, object | boolean];
  const written = new SchemaDocument(schemaOf(from), policy === 'lenient');
  return new Comparison()
    .run(written.node(from), new SchemaDocument(schemaOf(to)).node(to))
    .map(({ path, problem }) => ({ path: `$${path}`, problem }));
}
