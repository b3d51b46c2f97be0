import { compileSchema } from '@cdk8s-event-platform/contracts/internal';

type Schema = Readonly<Record<string, unknown>>;

/** Values of formats that texts may have. */
const FORMATS: Readonly<Record<string, string>> = {
  uuid: '00000000-0000-4000-8000-000000000001',
  date: '2026-01-01',
  'date-time': '2026-01-01T00:00:00Z',
  email: 'a@example.com',
  uri: 'https://example.com',
};

function sampleText({ format, minLength = 0 }: Schema): string {
  const known = typeof format === 'string' ? FORMATS[format] : undefined;
  return known ?? 'a'.padEnd(Number(minLength), 'a');
}

function sampleNumber({ minimum, exclusiveMinimum, maximum = 1 }: Schema): number {
  const least = minimum ?? (exclusiveMinimum === undefined ? 1 : Number(exclusiveMinimum) + 1);
  return minimum === undefined ? Math.min(Number(least), Number(maximum)) : Number(least);
}

/** A value that a schema may allow: what it requires, and nothing else. */
function sample(schema: Schema): unknown {
  const { const: only, enum: some, type, properties = {}, required = [], items, minItems } = schema;
  if (only !== undefined || Array.isArray(some)) {
    return only ?? (some as unknown[])[0];
  }
  switch (Array.isArray(type) ? (type as unknown[])[0] : type) {
    case 'object':
      return Object.fromEntries(
        (required as string[]).map((name) => [
          name,
          sample(((properties as Schema)[name] ?? {}) as Schema),
        ]),
      );
    case 'array':
      return Array.from({ length: Number(minItems ?? 0) }, () => sample((items ?? {}) as Schema));
    case 'integer':
    case 'number':
      return sampleNumber(schema);
    case 'boolean':
      return true;
    default:
      return sampleText(schema);
  }
}

/**
 * Data of an event for a test.
 *
 * @returns the data, and whether the schema allows them: a pattern, for example, is not followed.
 */
export function sampleData(contract: { readonly schema: object }): {
  readonly data: unknown;
  readonly isValid: boolean;
} {
  const data = sample(contract.schema as Schema);
  return { data, isValid: compileSchema(contract)(data) };
}
