import { Ajv, type ErrorObject, type SchemaObject } from 'ajv';
import addFormats from 'ajv-formats';
import type { EventContract } from '../../constructs/contracts/index.ts';
import { addPlatformFormats } from './schema-formats.ts';

/** A compiled schema; `errors` are those of its last call. */
export interface CompiledSchema {
  (data: unknown): boolean;
  readonly errors?: readonly ErrorObject[] | null;
}

/** Compiles the schema of a contract. In bundles this has been done when the image was built. */
export function compileSchema(contract: Pick<EventContract, 'schema' | 'type'>): CompiledSchema {
  const ajv = new Ajv({ allErrors: true, strict: true });
  addFormats.default(ajv);
  addPlatformFormats(ajv);
  return ajv.compile(contract.schema as SchemaObject);
}
